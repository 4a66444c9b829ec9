import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** A Worker on workerd itself, with nothing in between: each request has a context of its own, which ends with it. */
export type Worker = {
  /** Where it listens. */
  readonly url: string
  /** Sends a request and returns what hangs up on it, as a client that is gone. */
  readonly call: (path: string) => Promise<() => void>
  /** Stops it. */
  readonly close: () => Promise<void>
}

const require = createRequire(import.meta.url)
const { default: workerd } = require('workerd') as { readonly default: string }

/** Bundles the Worker, as its author would, and starts it for an API. */
export async function startWorker(api: string): Promise<Worker> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'))
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    platform: 'browser',
    external: /^cloudflare:/,
    resolve: { conditionNames: ['@oauthkit/source', 'import'] },
  })
  const { output } = await bundle.write({ dir: folder, entryFileNames: 'worker.js', chunkFileNames: '[name].js' })
  await bundle.close()
  // The entry comes first. What a store needs is a module of its own, which is loaded with the first store.
  const modules = output.map(({ fileName }) => `(name = "${fileName}", esModule = embed "${fileName}")`)
  const config = await readFile(new URL('./worker.capnp', import.meta.url), 'utf8')
  await writeFile(join(folder, 'worker.capnp'), config.replace('# modules', modules.join(',\n        ')))

  const child = spawn(workerd, ['serve', join(folder, 'worker.capnp'), '--control-fd=1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { API: api, ORANGE_CLIENT_ID: 'emulated-client', ORANGE_CLIENT_SECRET: 'emulated-secret' },
  })
  const ended = once(child, 'exit')
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as unknown[]
  await rm(folder, { recursive: true })
  const { port } = JSON.parse(String(line)) as { readonly port: number }

  return {
    url: `http://127.0.0.1:${port}`,
    call: async (path) => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`GET ${path} HTTP/1.1\r\nhost: worker.example\r\n\r\n`)
      // A mere end would leave the other half open, and the Worker would go on.
      return () => void socket.resetAndDestroy()
    },
    close: async () => {
      // Asked politely, it would wait for requests that hang.
      child.kill('SIGKILL')
      await ended
    },
  }
}
