import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis of a test's own. */
export type RunningRedis = {
  readonly port: number
  readonly url: string
  /** To be stopped, continued or killed by signals. */
  readonly process: ChildProcess
  /** Kills it, and removes its folder. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a Redis that keeps nothing on disk.
 *
 * @param port - the port to listen on, that of a Redis which was stopped say; absent: a free one.
 * @param settings - further arguments of `redis-server`.
 */
export async function startRedis(port?: number, settings: readonly string[] = []): Promise<RunningRedis> {
  // Somebody else may take a free port before Redis does.
  for (let attempt = 1; ; attempt += 1) {
    const chosen = port ?? (await findPort())
    try {
      return await start(chosen, settings)
    } catch (error) {
      if (port !== undefined || attempt === 5) throw error
    }
  }
}

async function start(port: number, settings: readonly string[]): Promise<RunningRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'oauthkit-redis-'))
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder]
  const process = spawn('redis-server', [...args, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => {
    process.once('exit', () => resolve())
    process.once('error', () => resolve())
  })
  const stop = async () => {
    process.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  let output = ''
  process.stdout.setEncoding('utf8')
  while (!/ready to accept connections/i.test(output)) {
    const [text] = await Promise.race([once(process.stdout, 'data'), exited.then(() => [])])
    if (text === undefined) {
      await stop()
      throw new Error(`redis-server did not start; is it installed? ${output}`)
    }
    output += text
  }
  process.stdout.resume()
  return { port, url: `redis://127.0.0.1:${port}`, process, stop }
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
