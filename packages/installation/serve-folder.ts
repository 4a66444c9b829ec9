import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** A file server. It simulates a site on which a release replaces files. */
export type FolderServer = {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** The paths of all requests so far, in order. */
  readonly requested: string[]
  /** Stops the server, and closes its connections. */
  readonly close: () => Promise<void>
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Serves the files that a folder contains at the time of each request. For other paths, it answers 404. */
export async function serveFolder(folder: string): Promise<FolderServer> {
  const requested: string[] = []
  const server = createServer(({ url: path = '' }, response) => {
    requested.push(path)
    readFile(join(folder, path)).then(
      (content) => response.writeHead(200, { 'Content-Type': types[extname(path)] ?? '' }).end(content),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requested,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
