import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A running Worker that one test started. */
export type Worker = {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** Stops the Worker. */
  readonly close: () => Promise<void>
}

const { default: workerd } = createRequire(import.meta.url)('workerd') as { readonly default: string }

/** Starts a Worker from the module `worker.js` in a folder, with the environment variable `SETTINGS`. */
export async function startWorker(folder: string, settings: string): Promise<Worker> {
  const config = join(folder, 'worker.capnp')
  writeFileSync(config, capnp)
  const child = spawn(workerd, ['serve', config, '--control-fd=1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { SETTINGS: settings },
  })
  const ended = once(child, 'exit')
  const close = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as unknown[]
  const { port } = JSON.parse(String(line)) as { readonly port: number }
  return { url: `http://127.0.0.1:${port}`, close }
}

const capnp = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-07-01",
      bindings = [(name = "SETTINGS", fromEnvironment = "SETTINGS")],
    )),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`
