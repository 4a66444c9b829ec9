import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'
import { withTimeout } from '../wait.ts'
import { readChallenges } from '../challenges.ts'

/**
 * The limits for the body that a provider's `isRejected` reads. The response of an API that rejects a token is short.
 */
const maxBytes = 16_384
const maxMs = 1000

/** Whether a response with one of the provider's `rejectedStatuses` means that the API rejects the token. */
export const meansRejectedToken = async (isRejected: Provider['isRejected'], response: Response): Promise<boolean> =>
  isRejected ? ask(isRejected, response) : challengesToken(response)

/**
 * Asks the provider's predicate. The body is read only if the predicate reads it, and only until the predicate settles.
 * A copy that is neither read nor cancelled would keep the connection: the caller could not cancel the response.
 */
async function ask(isRejected: NonNullable<Provider['isRejected']>, response: Response): Promise<boolean> {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const pull = async (controller: ReadableStreamDefaultController) => {
    const add = ({ text }: { text: string }) => controller.enqueue(new TextEncoder().encode(text))
    // If the body breaks off, the caller finds out when it reads the response.
    await withTimeout(readText(response.clone(), maxBytes, ended).then(add).catch(end), maxMs, () => {})
    // Closed first, so that what arrives late is not added.
    controller.close()
    end()
  }
  try {
    return await isRejected(new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), response))
  } catch {
    // If the predicate fails, the caller gets the response unchanged.
    return false
  } finally {
    end()
  }
}

/**
 * Whether a 401 is about the token. It is, unless its challenges name only errors that a new token does not fix.
 *
 * The challenge of the scheme `Bearer` decides. If there is none, that of `DPoP` does. A challenge of another scheme, such
 * as `Basic`, names no such error: the server can offer several ways to sign in.
 *
 * This is the check of providers without an `isRejected`. A provider's own `isRejected` may call it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-3 RFC 6750 §3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-11.6.1 RFC 9110 §11.6.1}
 * @example
 * ```ts
 * import { challengesToken } from '@oauthkit/core/plugin'
 *
 * const headers = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
 * console.log(challengesToken(new Response(null, { status: 401, headers }))) // false
 * ```
 */
export function challengesToken({ headers }: Response): boolean {
  const challenges = readChallenges(headers.get('www-authenticate') ?? '')
  const of = (scheme: string) => challenges.filter((challenge) => challenge.scheme === scheme)
  const deciding = of('bearer').length > 0 ? of('bearer') : of('dpop')
  const parameters = deciding.flatMap((challenge) => challenge.parameters)
  const errors = parameters.filter(([name]) => name === 'error')
  return errors.length === 0 || errors.some(([, error]) => !unfixable.has(error))
}

/** The API requires more scope (RFC 6750 §3.1), another login (RFC 9470) or a nonce in the proof (RFC 9449 §9). */
const unfixable = new Set(['insufficient_scope', 'insufficient_user_authentication', 'use_dpop_nonce'])
