import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** A Worker that workerd runs directly. Each request has its own context, which ends with the request. */
export type Worker = {
  /** The URL that it listens at. */
  readonly url: string
  /** Sends a request. Returns a function that closes the connection, like a client that hangs up. */
  readonly call: (path: string) => Promise<() => void>
  /** Stops it. */
  readonly close: () => Promise<void>
}

const require = createRequire(import.meta.url)
const { default: workerd } = require('workerd') as { readonly default: string }

/** A Worker that is ready to be started, in a folder of its own. */
export type BundledWorker = {
  /** Starts it with the URL of an API. */
  readonly start: (api: string) => Promise<Worker>
  /** Removes the folder. */
  readonly remove: () => Promise<void>
}

/** Bundles the Worker, as its author would. */
export async function bundleWorker(): Promise<BundledWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'))
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    platform: 'browser',
    external: /^cloudflare:/,
    resolve: { conditionNames: ['@oauthkit/source', 'import'] },
  })
  const { output } = await bundle.write({ dir: folder, entryFileNames: 'worker.js', chunkFileNames: '[name].js' })
  await bundle.close()
  // The entry module comes first. The code for stores is a separate module, which is loaded with the first store.
  const modules = output.map(({ fileName }) => `(name = "${fileName}", esModule = embed "${fileName}")`)
  const config = await readFile(new URL('./worker.capnp', import.meta.url), 'utf8')
  await writeFile(join(folder, 'worker.capnp'), config.replace('# modules', modules.join(',\n        ')))
  return {
    start: (api) => startWorker(folder, api),
    remove: () => rm(folder, { recursive: true }),
  }
}

async function startWorker(folder: string, api: string): Promise<Worker> {
  const child = spawn(workerd, ['serve', join(folder, 'worker.capnp'), '--control-fd=1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { API: api, ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' },
  })
  const ended = once(child, 'exit')
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as unknown[]
  const { port } = JSON.parse(String(line)) as { readonly port: number }

  return {
    url: `http://127.0.0.1:${port}`,
    call: async (path) => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`GET ${path} HTTP/1.1\r\nhost: worker.example\r\n\r\n`)
      // `end()` would close only one direction of the connection, and the Worker would continue.
      return () => void socket.resetAndDestroy()
    },
    close: async () => {
      // With a milder signal, workerd would wait for requests that hang.
      child.kill('SIGKILL')
      await ended
    },
  }
}
