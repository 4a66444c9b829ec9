import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { createClient } from 'redis'
import { expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { redisStores } from '../src/stores/redis-stores.ts'
import { startSite } from './support.ts'

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

test('processes over one Redis share tokens and the ends of sessions, and no token can be read there', async () => {
  await using redis = await startStores()
  const sessionSecrets = [randomBytes(32).toString('base64url')]
  await using first = await startSite({ stores: await redis.open(), sessionSecrets })
  const visitor = first.visit()
  await visitor.signIn()
  expect((await visitor.get('/profile')).status).toBe(200)
  await visitor.post('/tokens/shops', { action: 'call' })
  const emulatorUrl = new URL((await first.get('/login', { redirect: 'manual' })).headers.get('location') ?? '').origin

  await using second = await startSite({
    stores: await redis.open(),
    sessionSecrets,
    emulatorUrl,
    publicUrl: first.url,
  })
  const same = second.visit()
  same.cookie = visitor.cookie
  expect((await same.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
  expect((await same.get('/tokens')).text).toContain('Found in the store')
  expect(first.emulator.bouygues.counters.tokenRequests).toBe(1)

  const client = await createClient({ url: redis.url }).connect()
  const entries = await Promise.all((await client.keys('*')).map(async (key) => key + (await client.get(key))))
  client.destroy()
  expect(entries.filter((entry) => entry.startsWith('oauthkit:'))).toHaveLength(2)
  expect(entries.filter((entry) => entry.startsWith('ended:'))).toHaveLength(1)
  const tokens = [...first.secrets].filter((secret) => /^(at|rt|ey)/.test(secret))
  expect(tokens.length).toBeGreaterThan(2)
  for (const token of tokens) expect(entries.join('\n')).not.toContain(token)

  await same.post('/logout', {}, { Origin: first.url })
  expect((await visitor.get('/profile')).status).toBe(401)
})

test('without Redis, the app says that it is not ready', async () => {
  const redis = await startStores()
  await using site = await startSite({ stores: await redis.open() })
  expect(await site.get('/health/ready')).toMatchObject({ status: 200, text: '{"status":"ok","store":"Redis"}' })
  await redis[Symbol.asyncDispose]()
  await expect.poll(async () => (await site.get('/health/ready')).status).toBe(503)
  expect((await site.get('/health/live')).status).toBe(200)
  // Pages that need no session still work.
  expect((await site.get('/campaigns')).status).toBe(200)
})

test.each([
  ['is gone', 'SIGKILL', 'The client is offline'],
  ['does not answer', 'SIGSTOP', 'no answer within 2000 ms'],
] as const)('a user with a session gets a page that says to wait while Redis %s', async (_what, signal, why) => {
  await using redis = await startStores()
  await using site = await startSite({ stores: await redis.open() })
  const visitor = site.visit()
  await visitor.signIn()
  const other = site.visit()
  const callback = await other.goToProvider()
  redis.signal(signal)
  await expect.poll(async () => (await site.get('/health/ready')).status).toBe(503)
  const [page, problem, signOut, signIn] = await Promise.all([
    visitor.get('/profile'),
    visitor.get('/profile', { headers: { Accept: 'application/json' } }),
    visitor.post('/logout'),
    other.get(callback),
  ])
  expect([page.status, problem.status, signOut.status, signIn.status]).toEqual([503, 503, 303, 503])
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
  expect(page.text).toContain('We cannot look up your session.')
  expect(problem.headers.get('content-type')).toContain('application/problem+json')
  expect(site.log).toContainEqual(expect.objectContaining({ level: 50, reason: 'store', why }))
  expect(site.logText()).not.toContain('"stack"')
})

test('without Redis, the start fails', async () => {
  const redis = await startStores()
  await redis[Symbol.asyncDispose]()
  await expect(redis.open()).rejects.toThrow(/ENOENT|ECONNREFUSED|connect/)
})
