import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
// Not process.execPath: the tests can run on Bun or Deno, and the app is for Node.
const node = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url))
const clients = ['ORANGE', 'DIGITALEO', 'BOUYGUES'].flatMap((name) => [
  [`${name}_CLIENT_ID`, 'client'],
  [`${name}_CLIENT_SECRET`, 'secret'],
])

/** Starts the program, which ends with the test. */
function start(env: Record<string, string>) {
  const child = spawn(node, ['--conditions=@oauthkit/source', 'src/main.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', ...Object.fromEntries(clients), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return { child, closed }
}

test('the program serves, and stops at SIGTERM without an error', async () => {
  const { child, closed } = start({ SESSION_SECRET: 'a secret of 32 characters or more' })
  for await (const line of createInterface(child.stdout)) {
    const { msg, port } = JSON.parse(line) as { msg: string; port?: number }
    if (msg !== 'listening') continue
    const response = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } })
    expect(await response.json()).toEqual({ status: 'ok' })
    process.kill(child.pid ?? Number.NaN, 'SIGTERM')
  }
  expect(await closed).toEqual([0, null])
})

test.each([
  ['SESSION_SECRET', { SESSION_SECRET: '' }, 'secret must be a text of 32 characters or more'],
  ['ORANGE_CLIENT_SECRET', { ORANGE_CLIENT_SECRET: '' }, 'ORANGE_CLIENT_SECRET is not set'],
])('without %s, the program does not start, and says what is missing', async (_name, env, message) => {
  const { child, closed } = start({ SESSION_SECRET: 'a secret of 32 characters or more', ...env })
  const texts: string[] = []
  child.stderr.on('data', (chunk) => texts.push(String(chunk)))
  expect(await closed).toEqual([1, null])
  expect(texts.join('')).toContain(message)
})
