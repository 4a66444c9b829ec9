import { formEncode } from './client-auth.ts'

/** Makes a function that takes secrets out of a text, in each form that they are sent in; `undefined` is none. */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const spellings = secrets.flatMap((secret) => (secret ? [secret, formEncode(secret)] : []))
  return (text) => spellings.reduce((safe, secret) => safe.replaceAll(secret, '[redacted]'), text)
}

/** What went wrong, without a word of the message, which may quote an address with a password in it. */
export function errorCode(error: unknown): string {
  const { code, name, cause } = Object(error) as Partial<Record<'code' | 'name' | 'cause', unknown>>
  const word = [code, (Object(cause) as { code?: unknown }).code, name].find(
    (part): part is string => typeof part === 'string' && /^[A-Za-z]\w{1,30}$/.test(part),
  )
  return word ?? 'unknown reason'
}

/** What went wrong, in a few words: the message of an error, and its cause's code. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  const { message, cause } = error
  return cause instanceof Error ? `${message}: ${'code' in cause ? String(cause.code) : cause.message}` : message
}
