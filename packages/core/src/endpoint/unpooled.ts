/** The part of Deno that configures the connections of its `fetch`. */
type DenoGlobal = {
  readonly Deno?: { readonly createHttpClient?: (options: { poolMaxIdlePerHost: number }) => { close(): void } }
}

/**
 * Returns an HTTP client that makes a new connection, if `fetch` is Deno's. Close it after the response has been read.
 *
 * A code, a refresh token or an assertion is valid one time, so its request must not arrive twice. Deno's `fetch` sends
 * a request again, even a POST, if the server closes a connection from its pool without an answer. A custom `fetch` is
 * responsible for its own connections.
 *
 * @param fetch - the `fetch` that sends the request.
 * @returns the member `client` of its options. `undefined` on other runtimes.
 * @example
 * ```ts
 * import { unpooled } from '@oauthkit/core/plugin'
 *
 * const client = unpooled(fetch)
 * console.log(client === undefined) // true, except on Deno
 * client?.close()
 * ```
 */
export const unpooled = (
  fetch: typeof globalThis.fetch,
):
  | {
      /** Closes the connections. */
      close(): void
    }
  | undefined =>
  fetch === globalThis.fetch
    ? (globalThis as DenoGlobal).Deno?.createHttpClient?.({ poolMaxIdlePerHost: 0 })
    : undefined
