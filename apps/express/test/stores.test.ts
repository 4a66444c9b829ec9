import { randomBytes } from 'node:crypto'
import type { SessionData } from 'express-session'
import { LRUCache } from 'lru-cache'
import { createClient } from 'redis'
import { afterEach, expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { MemorySessions } from '../src/stores/memory-sessions.ts'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { redisStores } from '../src/stores/redis-stores.ts'
import { startSite } from './support.ts'

afterEach(() => void vi.useRealTimers())

const sessionUntil = (expires: number) =>
  ({ cookie: { originalMaxAge: 1000, expires: new Date(expires) }, user: { sub: 'a user' } }) as SessionData

const read = (sessions: MemorySessions, id: string) =>
  new Promise((resolve) => sessions.get(id, (_error, session) => resolve(session)))

test('sessions in memory end when their time is over', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const sessions = new MemorySessions()
  sessions.set('one', sessionUntil(1000))
  vi.setSystemTime(999)
  expect(await read(sessions, 'one')).toMatchObject({ user: { sub: 'a user' } })
  vi.setSystemTime(1000)
  expect(await read(sessions, 'one')).toBeNull()
})

test('there are no more of them than there may be: the longest unused one goes', async () => {
  const sessions = new MemorySessions(2)
  for (const id of ['one', 'two']) sessions.set(id, sessionUntil(Date.now() + 60_000))
  await read(sessions, 'one')
  sessions.set('three', sessionUntil(Date.now() + 60_000))
  expect(await Promise.all(['one', 'two', 'three'].map((id) => read(sessions, id)))).toEqual([
    expect.anything(),
    null,
    expect.anything(),
  ])
})

test('whoever starts sign-ins without end drives nobody out who is signed in', async () => {
  const sessions = new MemorySessions(2)
  const { user: _nobody, ...anonymous } = sessionUntil(Date.now() + 60_000)
  sessions.set('user', sessionUntil(Date.now() + 60_000))
  for (const id of ['one', 'two', 'three']) sessions.set(id, anonymous as SessionData)
  expect(await Promise.all(['user', 'one', 'three'].map((id) => read(sessions, id)))).toEqual([
    expect.objectContaining({ user: { sub: 'a user' } }),
    null,
    expect.anything(),
  ])
  // Who signs in or out is the one or the other from then on.
  sessions.set('user', anonymous as SessionData)
  sessions.set('three', sessionUntil(Date.now() + 60_000))
  sessions.destroy('user')
  expect(await read(sessions, 'user')).toBeNull()
  expect(await read(sessions, 'three')).toMatchObject({ user: { sub: 'a user' } })
})

test('a request that was under way when its session ended does not bring it back', async () => {
  const sessions = new MemorySessions()
  sessions.set('one', sessionUntil(Date.now() + 60_000))
  sessions.destroy('one')
  sessions.touch('one', sessionUntil(Date.now() + 60_000))
  expect(await read(sessions, 'one')).toBeNull()
})

test('tokens are encrypted in memory, too', async () => {
  const set = vi.spyOn(LRUCache.prototype, 'set')
  const { tokens } = memoryStores([randomBytes(32).toString('base64url')])
  await tokens.set('key', { accessToken: 'a-token' })
  expect(await tokens.get('key')).toEqual({ accessToken: 'a-token' })
  expect(set).toHaveBeenCalledOnce()
  expect(JSON.stringify(set.mock.calls)).not.toContain('a-token')
  set.mockRestore()
})

/** Starts a Redis, and connects to it as the app does. */
async function startStores() {
  const server = await startRedis()
  const keys = [randomBytes(32).toString('base64url')]
  const errors: string[] = []
  const open = () => redisStores({ url: server.url, keys, onError: ({ message }) => void errors.push(message) })
  return { open, errors, url: server.url, signal: server.signal, [Symbol.asyncDispose]: server.stop }
}

test('processes over one Redis share sessions and tokens, and no token can be read there', async () => {
  await using redis = await startStores()
  const sessionSecrets = [randomBytes(32).toString('base64url')]
  await using first = await startSite({ stores: await redis.open(), sessionSecrets })
  const visitor = first.visit()
  await visitor.signIn()
  expect((await visitor.get('/profile')).status).toBe(200)
  await visitor.post('/tokens/shops', { action: 'call' })
  const emulatorUrl = new URL((await first.get('/login', { redirect: 'manual' })).headers.get('location') ?? '').origin

  await using second = await startSite({ stores: await redis.open(), sessionSecrets, emulatorUrl })
  const same = second.visit()
  same.cookie = visitor.cookie
  expect((await same.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
  expect((await same.get('/tokens')).text).toContain('Taken from the store')
  expect(first.emulator.bouygues.counters.tokenRequests).toBe(1)

  const client = await createClient({ url: redis.url }).connect()
  const entries = await Promise.all((await client.keys('*')).map(async (key) => key + (await client.get(key))))
  client.destroy()
  expect(entries.filter((entry) => entry.startsWith('oauthkit:'))).toHaveLength(2)
  expect(entries.filter((entry) => entry.startsWith('session:')).length).toBeGreaterThan(0)
  const tokens = [...first.secrets].filter((secret) => /^(at|rt|ey)/.test(secret))
  expect(tokens.length).toBeGreaterThan(2)
  for (const token of tokens) expect(entries.join('\n')).not.toContain(token)

  await same.post('/logout')
  expect((await visitor.get('/profile')).status).toBe(401)
})

test('without Redis the app says that it is not ready', async () => {
  const redis = await startStores()
  await using site = await startSite({ stores: await redis.open() })
  expect(await site.get('/health/ready')).toMatchObject({ status: 200, text: '{"status":"ok","store":"Redis"}' })
  await redis[Symbol.asyncDispose]()
  await expect.poll(async () => (await site.get('/health/ready')).status).toBe(503)
  expect((await site.get('/health/live')).status).toBe(200)
  // Pages that need no session go on.
  expect((await site.get('/campaigns')).status).toBe(200)
})

test.each([
  ['is gone', 'SIGKILL', 'The client is offline'],
  ['does not answer', 'SIGSTOP', 'no answer within 2000 ms'],
] as const)('who has a session is told to wait while Redis %s', async (_what, signal, why) => {
  await using redis = await startStores()
  await using site = await startSite({ stores: await redis.open() })
  const visitor = site.visit()
  await visitor.signIn()
  redis.signal(signal)
  await expect.poll(async () => (await site.get('/health/ready')).status).toBe(503)
  const [page, problem, signOut] = await Promise.all([
    visitor.get('/profile'),
    visitor.get('/profile', { headers: { Accept: 'application/json' } }),
    visitor.post('/logout'),
  ])
  expect([page.status, problem.status, signOut.status]).toEqual([503, 503, 503])
  expect(page.text).toContain('We cannot look up your session.')
  expect(problem.headers.get('content-type')).toContain('application/problem+json')
  expect(site.log).toContainEqual(expect.objectContaining({ level: 50, reason: 'store', why }))
  expect(site.logText()).not.toContain('"stack"')
})

test('a Redis that is not there is told at the start', async () => {
  const redis = await startStores()
  await redis[Symbol.asyncDispose]()
  await expect(redis.open()).rejects.toThrow(/ENOENT|ECONNREFUSED|connect/)
})
