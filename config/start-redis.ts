import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis that one test starts for itself. */
export type RunningRedis = {
  readonly port: number
  readonly url: string
  /** Suspends it, continues it, or kills it. */
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void
  /** Kills it, and removes its folder. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a Redis that keeps nothing on disk.
 *
 * @param port - the port to listen on, such as the port of a Redis that was stopped. If absent, a free port.
 * @param settings - further arguments of `redis-server`.
 */
export async function startRedis(port?: number, settings: readonly string[] = []): Promise<RunningRedis> {
  // Another process can take a free port before Redis does.
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await findPort())
    try {
      return await start(chosen, settings)
    } catch (error) {
      if (port !== undefined || attempt === 5) throw error
    }
  }
}

/**
 * Starts a Sentinel that watches one Redis, under the name `primary`.
 *
 * @param watched - the port of that Redis.
 * @param downAfterMs - how long it can be silent before a replica takes over.
 */
export async function startSentinel(watched: number, downAfterMs: number): Promise<RunningRedis> {
  const settings = [
    `sentinel monitor primary 127.0.0.1 ${watched} 1`,
    `sentinel down-after-milliseconds primary ${downAfterMs}`,
    'sentinel failover-timeout primary 10000',
  ]
  return start(await findPort(), [], settings)
}

/** @param sentinel - the lines of a configuration file, which a Sentinel needs. */
async function start(port: number, settings: readonly string[], sentinel?: readonly string[]): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'oauthkit-redis-'))
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  if (sentinel) {
    const file = join(folder, 'sentinel.conf')
    writeFileSync(file, sentinel.join('\n'))
    args.unshift(file, '--sentinel')
  } else args.push('--save', '', '--appendonly', 'no')
  const server = spawn('redis-server', [...args, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
  let isRunning = true
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      isRunning = false
      resolve()
    }
    server.once('exit', end)
    server.once('error', end)
  })
  // By its process id: on Deno, server.kill() treats a suspended process as ended.
  const signal: RunningRedis['signal'] = (name) => {
    if (isRunning && server.pid !== undefined) process.kill(server.pid, name)
  }
  const stop = async () => {
    signal('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  let output = ''
  // One listener for all of the output: text that came between two of them would be lost.
  const ready = new Promise<void>((resolve) => {
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/ready to accept connections|sentinel id is/i.test(output)) resolve()
    })
  })
  await Promise.race([ready, exited])
  if (!isRunning) {
    await stop()
    throw new Error(`redis-server did not start; is it installed? ${output}`)
  }
  return { port, url: `redis://127.0.0.1:${port}`, signal, stop }
}

/** Finds a free port. */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
