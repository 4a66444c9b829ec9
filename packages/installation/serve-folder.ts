import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** A server of files, as of a site on which a release replaces them. */
export type FolderServer = {
  /** Where it listens, without a slash at its end. */
  readonly url: string
  /** The paths of all requests so far, in their order. */
  readonly requested: string[]
  /** Ends it and its connections. */
  readonly close: () => Promise<void>
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Serves the files that are in a folder at the time of each request; for others it answers 404. */
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
