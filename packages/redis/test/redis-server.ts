import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Starts a Redis of its own on a socket in a new folder, so that no port has to be chosen; it is gone when disposed of. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'oauthkit-'))
  const path = join(folder, 'redis.sock')
  const args = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async () => {
    server.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  let output = ''
  server.stdout.setEncoding('utf8')
  while (!/ready to accept connections/i.test(output)) {
    const [text] = await Promise.race([once(server.stdout, 'data'), exited.then(() => [])])
    if (text === undefined) throw new Error(`redis-server did not start: ${output}`)
    output += text
  }
  server.stdout.resume()
  return { path, stop }
}
