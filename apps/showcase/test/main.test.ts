import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { expect, test } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { get, visit } from './support.ts'

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// Not process.execPath: the tests can run on Bun or Deno, and the app is for Node.
const node = pathOf('../../../node_modules/.bin/node')

test.each([
  ['PORT must be a number from 0 to 65535, not "http"', { PORT: 'http' }],
  [
    'No provider is configured: set ORANGE_CLIENT_ID, DIGITALEO_CLIENT_ID, BOUYGUES_CLIENT_ID or several of them, or EMULATOR=on to try the app without',
    { NODE_ENV: 'production' },
  ],
  [
    'ORANGE_CLIENT_SECRET is not set: set that environment variable, or give the option clientSecret',
    { ORANGE_CLIENT_ID: 'id', PORT: '0', LOG_LEVEL: 'silent' },
  ],
  [
    'TOKEN_KEY must be 32 random bytes, and no passphrase: make one with openssl rand -base64 32',
    { TOKEN_KEY: 'a passphrase' },
  ],
])('a wrong configuration ends the process at once, with one line: %s', async (message, env) => {
  await using app = start(env)
  expect(await app.exited).toEqual({ code: 1, signal: null })
  expect(app.stderr()).toMatch(/^Cannot start: .*\n$/)
  expect(app.stderr()).toContain(message)
  expect(app.stdout()).toBe('')
})

test('a port that is taken ends the process at once, with one line', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  try {
    await using app = start({ PORT: port })
    expect(await app.exited).toEqual({ code: 1, signal: null })
    expect(app.stderr()).toBe(`Cannot start: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`)
  } finally {
    taken.close()
  }
})

test('without credentials, it runs with an emulator of its own, and says so', async () => {
  await using app = start({ PORT: '0' })
  const [, url = ''] = await app.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  await app.printed(/"msg":"Providers without credentials are emulated/)
  expect(app.stdout()).toMatch(/"msg":"SESSION_SECRET is not set: .*[\s\S]*"msg":"TOKEN_KEY is not set: /)
  expect((await get(`${url}/shops?postalCode=35000`)).text).toContain('3 entries')
  for (const line of app.stdout().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
})

test.each(['SIGTERM', 'SIGINT'] as const)('it starts, answers, and on %s finishes what it began', async (signal) => {
  const emulator = createEmulator()
  await using server = await serve(emulator)
  await using app = start({ PORT: '0', EMULATOR_URL: server.url })
  const [, url = ''] = await app.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  const kept = { headers: { Connection: 'keep-alive' } }
  expect((await get(url, kept)).status).toBe(200)

  // Browsers open such a connection before they need it.
  const unused = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  await once(unused, 'connect')
  // An open tokens page has a stream that does not end.
  const stream = await fetch(`${url}/tokens/events`)

  const release = emulator.orange.holdApiCalls()
  const open = get(`${url}/shops?postalCode=35000`, kept)
  await emulator.orange.apiCalled(1)
  app.kill(signal)
  await app.printed(/finishing/)
  expect(await stream.text()).toContain('data: ')
  await expect(get(url)).rejects.toBeInstanceOf(Error)
  release()
  expect((await open).text).toContain('3 entries')
  expect(await app.exited).toEqual({ code: 0, signal: null })
  // The kept and the unused connection did not hold up the stop.
  expect(app.stdout()).not.toContain('cut off')
  expect(app.stderr()).toBe('')
  unused.destroy()
})

test('a user stays signed in if the app is stopped while it renews the token', async ({ onTestFinished }) => {
  const redis = await startRedis()
  onTestFinished(redis.stop)
  const emulator = createEmulator()
  await using server = await serve(emulator)
  const [SESSION_SECRET, TOKEN_KEY] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const env = { PORT: '0', EMULATOR_URL: server.url, REDIS_URL: redis.url, SESSION_SECRET, TOKEN_KEY }
  await using app = start(env)
  const [, url = ''] = await app.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  const visitor = visit(url)
  expect((await visitor.signIn()).headers.get('location')).toBe(`${url}/profile`)
  emulator.bouygues.revoke()

  const release = emulator.bouygues.holdTokenRequests()
  const requested = emulator.bouygues.tokenRequested()
  // The visitor leaves, so nothing but the renewal is left to finish.
  const leaving = new AbortController()
  const left = visitor.get('/profile', { signal: leaving.signal }).catch(() => {})
  await requested
  leaving.abort()
  await left
  app.kill('SIGTERM')
  await app.printed(/finishing/)
  await expect(get(url)).rejects.toBeInstanceOf(Error)
  release()
  expect(await app.exited).toEqual({ code: 0, signal: null })

  await using next = start({ ...env, PUBLIC_URL: url })
  const [, nextUrl = ''] = await next.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  const same = visit(nextUrl)
  same.cookie = visitor.cookie
  expect((await same.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
  // The sign-in and one renewal: the next process found the new token.
  expect(emulator.bouygues.counters.tokenRequests).toBe(2)
})

/** Starts the app as a process of its own, which is killed at the end of the scope if it still runs. */
function start(env: Record<string, string>) {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    node,
    ['--conditions=@oauthkit/source', 'src/main.ts'],
    { cwd: pathOf('..'), env, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal }))
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk))
  }
  return {
    exited,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    // Not child.kill: on Deno it makes the child look killed, however it ended.
    kill: (signal: NodeJS.Signals) => process.kill(child.pid ?? NaN, signal),
    /** Waits until the standard output matches. */
    printed: async (pattern: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const match = pattern.exec(text.stdout)
        if (match) return match
        const ended = exited.then(() => 'ended')
        if ((await Promise.race([once(child.stdout, 'data'), ended])) === 'ended') {
          throw new Error(`The app ended without printing ${pattern}: ${text.stdout}${text.stderr}`)
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
