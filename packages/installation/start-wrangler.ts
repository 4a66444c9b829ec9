import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A Worker that `wrangler dev` serves. */
export type DevelopedWorker = {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** Stops wrangler and its processes. */
  readonly close: () => Promise<void>
}

const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')

/** Runs `wrangler dev` in a folder with a `wrangler.json`, on a free port. */
export async function startWrangler(folder: string): Promise<DevelopedWorker> {
  const args = [wrangler, 'dev', '--ip=127.0.0.1', '--port=0', '--inspector-port=0']
  const env = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false' }
  // A group of its own, because wrangler starts workerd.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
  const ended = once(child, 'exit')
  const close = async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await ended
  }
  let printed = ''
  child.stderr.on('data', (chunk) => void (printed += String(chunk)))
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk)
    const [url] = /(?<=Ready on )http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? []
    if (url === undefined) continue
    // Its further output must be read, or the process would wait.
    child.stdout.resume()
    return { url, close }
  }
  await ended
  throw new Error(`wrangler did not start: ${printed}`)
}
