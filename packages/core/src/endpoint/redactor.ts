import { formEncode } from './client-auth.ts'

/**
 * Makes a function that removes secrets from a text, in each form that they are sent in. It ignores `undefined`.
 *
 * @example
 * ```ts
 * import { createRedactor } from '@oauthkit/core/plugin'
 *
 * const redact = createRedactor(['s3cret'])
 * console.log(redact('the secret s3cret is wrong')) // the secret [redacted] is wrong
 * ```
 */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const spellings = secrets.flatMap((secret) => (secret ? [secret, formEncode(secret)] : []))
  return (text) => spellings.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text)
}
