/**
 * Returns an error's code or name. It never uses the message, which can quote an address with a password in it. A code or
 * name that does not look like one is not used either.
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
  try {
    const { code, name, cause } = Object(error) as Partial<Record<'code' | 'name' | 'cause', unknown>>
    const word = [code, (Object(cause) as { code?: unknown }).code, name].find(
      (part): part is string => typeof part === 'string' && looksLikeCode.test(part),
    )
    return word ?? 'unknown reason'
  } catch {
    // A getter can throw.
    return 'unknown reason'
  }
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, `TypeError`. */
const looksLikeCode = /^([A-Z]{2,10}(_[A-Z0-9]{1,16}){1,6}|E[A-Z0-9]{2,18}|([A-Z][a-z]{1,15}){1,4})$/
