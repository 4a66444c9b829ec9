import { memberOf } from '../members.ts'
import type { TokenSource } from '../token.ts'
import { attach } from './attach.ts'
import { mark, toCandidate, unwrap } from './candidate.ts'

/**
 * Returns a `fetch` that sends each request for one of the source's APIs with a valid token. If the API rejects that
 * token, it sends the request a second time with a newer one.
 *
 * Use it in place of plain `fetch`, or with a client that accepts a `fetch`, such as openapi-fetch or ofetch. For ky,
 * use {@link bearer}.
 *
 * A body that can be read only once is not sent again, so its call gets the 401. The body of a `Request` is buffered,
 * unless it is a `Request` of another library.
 *
 * The URL that is checked is the URL that is sent, even if an object changes later. The `url` of a `Request` of another
 * library becomes read-only.
 *
 * If `fetch` is another `bearerFetch`, its source and this one know of each other: the longest prefix in `apis` that
 * matches the URL decides whose token a request gets.
 *
 * @param source - the source of the tokens.
 * @param fetch - the `fetch` that sends the requests. By default it is the platform's, looked up at each call.
 * @throws `TypeError` if the source's `apis` are not valid URL prefixes. The returned `fetch` rejects with an
 * {@link OAuthError} if no token is available.
 * @example
 * ```ts
 * import { bearerFetch } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * const fetchOrange = bearerFetch(orangeTokens())
 * const response = await fetchOrange('https://api.orange.com/poi/v1/shops?postalCode=35000')
 * console.log(await response.json())
 * ```
 */
export function bearerFetch(source: TokenSource, fetch?: typeof globalThis.fetch): typeof globalThis.fetch {
  const inner = unwrap(fetch)
  const original = inner.fetch
  const candidates = [...inner.candidates, toCandidate(source)]
  const send: typeof globalThis.fetch = async (input, init) => {
    const body = memberOf(init, 'body')
    const mayBuffer = body === undefined || body === null
    return attach({ candidates, fetch: original ?? globalThis.fetch, input, init, body, mayBuffer })
  }
  return Object.defineProperty(send, mark, { value: { fetch: original, candidates } })
}
