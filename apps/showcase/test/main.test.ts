import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createEmulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { expect, test } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { expectCleanStop, expectNoStart, startApp } from './run-app.ts'
import { get, visit } from './support.ts'

// A test that starts the app takes long. main.long.test.ts has more of them.
test('a wrong configuration ends the process at once, with one line', async () => {
  const message = 'ORANGE_CLIENT_SECRET is not set: set that environment variable, or give the option clientSecret'
  await expectNoStart(message, { ORANGE_CLIENT_ID: 'id', PORT: '0', LOG_LEVEL: 'silent' })
})

test('a port that is taken ends the process at once, with one line', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  try {
    await using app = startApp({ PORT: port })
    expect(await app.exited).toEqual({ code: 1, signal: null })
    expect(app.stderr()).toBe(`Cannot start: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`)
  } finally {
    taken.close()
  }
})

test('without credentials, it runs with an emulator of its own, and says so', async () => {
  await using app = startApp({ PORT: '0' })
  const [, url = ''] = await app.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  await app.printed(/"msg":"Providers without credentials are emulated/)
  expect(app.stdout()).toMatch(/"msg":"SESSION_SECRET is not set: .*[\s\S]*"msg":"TOKEN_KEY is not set: /)
  expect((await get(`${url}/shops?postalCode=35000`)).text).toContain('3 entries')
  for (const line of app.stdout().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
})

test('it starts, answers, and on SIGTERM finishes what it began', () => expectCleanStop('SIGTERM'))

test('a user stays signed in if the app is stopped while it renews the token', async ({ onTestFinished }) => {
  const redis = await startRedis()
  onTestFinished(redis.stop)
  const emulator = createEmulator()
  await using server = await serve(emulator)
  const [SESSION_SECRET, TOKEN_KEY] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const env = { PORT: '0', EMULATOR_URL: server.url, REDIS_URL: redis.url, SESSION_SECRET, TOKEN_KEY }
  await using app = startApp(env)
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

  await using next = startApp({ ...env, PUBLIC_URL: url })
  const [, nextUrl = ''] = await next.printed(/"msg":"Listening on (http:\/\/127\.0\.0\.1:\d+)"/)
  const same = visit(nextUrl)
  same.cookie = visitor.cookie
  expect((await same.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
  // The sign-in and one renewal: the next process found the new token.
  expect(emulator.bouygues.counters.tokenRequests).toBe(2)
})
