import { attach } from './attach.ts'
import { checkApis } from './apis.ts'
import type { TokenSource } from '../token.ts'

/**
 * A `fetch` that sends each request for one of the source's APIs with a valid token, and once more with a newer one
 * if that is refused. For plain `fetch` and for clients that take one, such as openapi-fetch or ofetch; for ky there is
 * {@link bearer}.
 *
 * A body that can be read only once is not sent again, so its call gets the 401; the body of a `Request` is buffered.
 *
 * @param source - who gives the tokens.
 * @param fetch - the `fetch` to send with; the platform's by default, looked up at each call.
 * @throws `TypeError` if the source's APIs are not URL prefixes that tokens may be sent to. The fetch it returns
 * rejects with an {@link OAuthError} if there is no token to be had.
 */
export function bearerFetch(source: TokenSource, fetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  checkApis(source)
  return (input, init) => {
    const body = init?.body
    const mayBuffer = body === undefined || body === null
    return attach(source, { fetch: fetch ?? globalThis.fetch, input, init, body, mayBuffer })
  }
}
