import { formEncode } from './client-auth.ts'

/** Makes a function that removes secrets from a text, in each form that they are sent in. It ignores `undefined`. */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const spellings = secrets.flatMap((secret) => (secret ? [secret, formEncode(secret)] : []))
  return (text) => spellings.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text)
}

/** Returns an error's code or name. It never uses the message, which can quote an address with a password in it. */
export function errorCode(error: unknown): string {
  const { code, name, cause } = Object(error) as Partial<Record<'code' | 'name' | 'cause', unknown>>
  const word = [code, (Object(cause) as { code?: unknown }).code, name].find(
    (part): part is string => typeof part === 'string' && /^[A-Za-z]\w{1,30}$/.test(part),
  )
  return word ?? 'unknown reason'
}

/** Describes an error in a few words: its message, and the code or message of its cause. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  const { message, cause } = error
  return cause instanceof Error ? `${message}: ${'code' in cause ? String(cause.code) : cause.message}` : message
}
