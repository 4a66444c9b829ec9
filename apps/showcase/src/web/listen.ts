import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens. `await using` stops it at once. */
export type RunningServer = AsyncDisposable & {
  /** The URL where it listens, such as `http://127.0.0.1:3000`, without a slash at its end. */
  readonly url: string
  /**
   * Accepts no new requests, and waits until the open ones are answered, but not longer than `graceMs` (10,000).
   *
   * @returns whether all were answered in that time.
   */
  readonly stop: (graceMs?: number) => Promise<boolean>
}

/**
 * Serves an app over HTTP.
 *
 * @throws The error of the system if it cannot listen there, such as `EADDRINUSE`.
 */
export function listen(app: RequestListener, options: { host: string; port: number }): Promise<RunningServer> {
  let stopping = false
  let openRequests = 0
  // A token of Digitaleo can have 50,000 characters. A request to this app that carries one must not be refused with 431.
  // A client has half a minute to send its request. The response can take longer. Load balancers keep a connection for a
  // minute, so the app keeps it a little longer. Otherwise, they would send requests into a connection that ends.
  const limits = { maxHeaderSize: 65_536, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }
  const server = createServer(limits, (request, response) => {
    openRequests += 1
    response.on('close', () => {
      openRequests -= 1
      if (stopping) endIdleConnections()
    })
    app(request, response)
  })

  // The stop would wait for idle connections until their clients close them. For Node, a connection is not idle before its
  // first request, and browsers open some that never have one.
  const endIdleConnections = () => (openRequests === 0 ? server.closeAllConnections() : server.closeIdleConnections())

  const stop = (graceMs = 10_000): Promise<boolean> =>
    new Promise((resolve) => {
      stopping = true
      let isInTime = true
      const giveUp = setTimeout(() => {
        isInTime = false
        server.closeAllConnections()
      }, graceMs)
      server.close(() => {
        clearTimeout(giveUp)
        resolve(isInTime)
      })
      endIdleConnections()
    })

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () =>
      resolve({ url: urlOf(server), stop, [Symbol.asyncDispose]: async () => void (await stop(0)) }),
    )
  })
}

function urlOf(server: Server): string {
  // A server that listens on a host and port has such an address. Only pipes have a string.
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
