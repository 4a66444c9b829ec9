/**
 * Serves an emulator over HTTP, on Node, Deno and Bun.
 *
 * @packageDocumentation
 */
import { createAdaptorServer } from '@hono/node-server'
import type { Emulator } from './create-emulator.ts'

/** Enough for the longest token that a provider documents, 50,000 characters. */
const MAX_HEADER_BYTES = 131_072

/** The address to serve at. */
export type ServeOptions = {
  /**
   * The port. With 0 the system picks a free one.
   *
   * @defaultValue 0
   */
  readonly port?: number
  /**
   * The host name or address to listen on. The control API can be reached by this name and on loopback. With `0.0.0.0`
   * or `::` it can be reached by all addresses of the machine, but by no other name than `localhost`.
   *
   * @defaultValue `'127.0.0.1'`
   */
  readonly hostname?: string
}

/** A running server. */
export type EmulatorServer = {
  /** The URL that it listens at, such as `http://127.0.0.1:54321`, without a slash at its end. */
  readonly url: string
  /** Stops listening, and closes all open connections at once, idle or not. It can be called again. */
  readonly close: () => Promise<void>
  /** The same as `close`, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * Serves an emulator over HTTP, on Node, Deno or Bun.
 *
 * @throws The system's error if it cannot listen there, such as `EADDRINUSE`.
 * @example
 * ```ts
 * import { createEmulator } from '@oauthkit/emulator'
 * import { serve } from '@oauthkit/emulator/server'
 *
 * const server = await serve(createEmulator())
 * console.log(server.url) // such as http://127.0.0.1:54321
 * await server.close()
 * ```
 */
export function serve(emulator: Pick<Emulator, 'app'>, options: ServeOptions = {}): Promise<EmulatorServer> {
  const { port = 0, hostname = '127.0.0.1' } = options
  // By default the adaptor replaces the global Request and Response, which would change the runtime under test.
  const server = createAdaptorServer({
    fetch: (request, bindings) => emulator.app.fetch(request, { ...bindings, hostname }),
    overrideGlobalObjects: false,
    // A server that closes idle connections can close one at the moment when a slow client sends its next request.
    serverOptions: { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 0 },
  })

  let closed: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
    }))

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      const address = server.address()
      const boundPort = typeof address === 'object' && address ? address.port : port
      const host = hostname.includes(':') ? `[${hostname}]` : hostname
      resolve({ url: `http://${host}:${boundPort}`, close, [Symbol.asyncDispose]: close })
    })
  })
}
