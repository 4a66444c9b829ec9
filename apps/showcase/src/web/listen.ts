import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens; `await using` stops it without grace. */
export type RunningServer = AsyncDisposable & {
  /** Where it listens, such as `http://127.0.0.1:3000`, without a slash at its end. */
  readonly url: string
  /**
   * Takes no new requests, and waits until the open ones are answered, for `graceMs` (10,000) at most.
   *
   * @returns whether all were answered in that time.
   */
  readonly stop: (graceMs?: number) => Promise<boolean>
}

/**
 * Serves an app over HTTP.
 *
 * @throws What the system says if it cannot listen there, such as `EADDRINUSE`.
 */
export function listen(app: RequestListener, options: { host: string; port: number }): Promise<RunningServer> {
  let stopping = false
  let openRequests = 0
  // Tokens of Digitaleo may have 50,000 characters; whoever calls this app with one shall not meet 431.
  // A client gets half a minute to send its request; what it is answered with may take longer. Load balancers keep a
  // connection for a minute, so the app keeps it a little longer: else they would send requests into one that ends.
  const limits = { maxHeaderSize: 65_536, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }
  const server = createServer(limits, (request, response) => {
    openRequests += 1
    response.on('close', () => {
      openRequests -= 1
      if (stopping) endIdleConnections()
    })
    app(request, response)
  })

  // These would hold up the stop for as long as their clients care to keep them. To Node a connection is not idle before
  // its first request, and browsers open some that never carry one.
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
  // A server that listens on a host and port has such an address; a string is for pipes.
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
