/** The process that {@link startRegistry} starts: a registry that tells its parent the port, and ends with it. */
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
      // What is not published here shall not be found, whatever the world has by that name.
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
