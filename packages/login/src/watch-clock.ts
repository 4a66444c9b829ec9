import { unpooled } from '@oauthkit/core/plugin'

/** The difference from which the clock of this machine is suspected, in milliseconds. */
const suspiciousMs = 30_000

/** A `fetch` that compares the clock of this machine with the `Date` header of its response. */
export type WatchedClock = {
  readonly fetch: typeof fetch
  /**
   * Returns by how much the server's clock is ahead of this machine's, in milliseconds. It is negative if the server's
   * is behind, and `undefined` if the two differ by 30 s or less, or if no `Date` header can be read, as often in a browser.
   */
  readonly offsetMs: () => number | undefined
  /** Closes its connections. */
  readonly close: () => void
}

/**
 * Watches the clock during one request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-6.6.1 RFC 9110 §6.6.1}
 */
export function watchClock(send: typeof fetch = globalThis.fetch): WatchedClock {
  // The request holds a code, which is valid one time. Core cannot see that this is the platform's `fetch`.
  const client = unpooled(send)
  let offsetMs: number | undefined
  return {
    fetch: async (input, init) => {
      const sentAt = Date.now()
      const options: object = { ...init, client }
      const response = await send(input, options)
      const date = Date.parse(response.headers.get('date') ?? '')
      // The server wrote the header between these two times.
      const ahead = Math.max(0, date - Date.now()) + Math.min(0, date - sentAt)
      offsetMs = Math.abs(ahead) > suspiciousMs ? ahead : undefined
      return response
    },
    offsetMs: () => offsetMs,
    close: () => client?.close(),
  }
}
