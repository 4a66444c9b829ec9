/** The process that {@link startRegistry} starts: a registry that sends its URL to its parent, and exits with it. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runServer } from 'verdaccio'
import type { RegistryMessage, RegistryOrder } from './registry.ts'

process.once('disconnect', () => process.exit())

process.once('message', ({ folder, upstream }: RegistryOrder) => void start(folder, upstream))

async function start(folder: string, upstream: string): Promise<void> {
  const server = (await runServer({
    self_path: `${folder}/config.yaml`,
    storage: `${folder}/storage`,
    auth: { htpasswd: { file: `${folder}/htpasswd` } },
    uplinks: { upstream: { url: upstream, timeout: '60s', maxage: '60m' } },
    packages: {
      // No upstream: a package of ours that is not published here must not be found elsewhere.
      '@oauthkit/*': { access: '$all', publish: '$authenticated' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    log: { type: 'stdout', format: 'pretty', level: 'error' },
    web: { enable: false },
  })) as Server
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ url: `http://127.0.0.1:${port}/` } satisfies RegistryMessage)
  })
}
