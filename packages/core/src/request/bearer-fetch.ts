import type { TokenSource } from '../token.ts'
import { compileApis } from './apis.ts'
import { attach } from './attach.ts'

/**
 * A `fetch` that sends each request for one of the source's APIs with a valid token, and once more with a newer one
 * if the API rejects that token. For plain `fetch` and for clients that take one, such as openapi-fetch or ofetch; for ky there is
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
  const isApi = compileApis(source)
  return async (input, init) => {
    const body = init?.body
    const mayBuffer = body === undefined || body === null
    return attach(source, isApi, { fetch: fetch ?? globalThis.fetch, input, init, body, mayBuffer })
  }
}
