/**
 * Returns an error's code or name. It never uses the message, which can quote an address with a password in it.
 *
 * @example
 * ```ts
 * import { errorCode } from '@oauthkit/core/plugin'
 *
 * const error = Object.assign(new Error('redis://user:password@host is down'), { code: 'ECONNREFUSED' })
 * console.log(errorCode(error)) // ECONNREFUSED
 * ```
 */
export function errorCode(error: unknown): string {
  const { code, name, cause } = Object(error) as Partial<Record<'code' | 'name' | 'cause', unknown>>
  const word = [code, (Object(cause) as { code?: unknown }).code, name].find(
    (part): part is string => typeof part === 'string' && /^[A-Za-z]\w{1,30}$/.test(part),
  )
  return word ?? 'unknown reason'
}
