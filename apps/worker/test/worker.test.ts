import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { answer } from '../src/answer.ts'
import { createOrangeApi } from '../src/create-orange-api.ts'

type Problem = { readonly title: string; readonly status: number }

const control = async (path: string, init?: RequestInit) =>
  (await fetch(`${inject('emulator')}/control/orange/${path}`, init)).json<Record<string, number>>()

const order = (path: string, body: object) =>
  control(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const counters = () => control('counters')
const shopsUrl = 'https://worker.example/shops?postalCode=35000'
const ask = (url = shopsUrl, init?: RequestInit) => exports.default.fetch(url, init)

/** Sends a request to another isolate, which shares only the bindings. */
const askElsewhere = (bindings: Partial<Cloudflare.Env> = {}) =>
  answer(new Request(shopsUrl), createOrangeApi({ ...env, ...bindings }))

// The first calls load code of the Worker. On a busy machine, that takes longer than the time limits of a call, so no
// limit ends.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the Worker', () => {
  test('answers with shops, and requests one token', async () => {
    const before = await counters()
    const responses = await Promise.all([ask(), ask(), ask()])
    for (const response of responses) {
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject([{ city: 'Rennes' }, { city: 'Rennes' }, { city: 'Rennes' }])
    }
    const after = await counters()
    expect(after['tokenRequests']).toBe((before['tokenRequests'] ?? 0) + 1)
  })

  test('keeps its token in KV until it expires, and another isolate uses it', async () => {
    await ask()
    const { keys } = await env.TOKENS.list()
    expect(keys).toHaveLength(1)
    expect((keys[0]?.expiration ?? 0) * 1000 - Date.now()).toBeGreaterThan(3_000_000)
    const before = await counters()
    expect((await askElsewhere()).status).toBe(200)
    const after = await counters()
    expect(after['tokenRequests']).toBe(before['tokenRequests'])
  })

  test('renews a revoked token, and its caller gets shops', async () => {
    await ask()
    await order('revoke', {})
    expect((await ask()).status).toBe(200)
  })

  test('if KV is down, it logs a warning, and answers with shops', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const down = () => Promise.reject(new Error('KV is down'))
    const TOKENS = { get: down, put: down, delete: down } as unknown as KVNamespace
    expect((await askElsewhere({ TOKENS })).status).toBe(200)
    expect(warn.mock.calls.join('\n')).toMatch(/^(KV, get: KV is down\n)+KV, set: KV is down$/)
  })
})

describe('a request that is not for shops', () => {
  test.each([
    ['/', 'GET', 404],
    ['/shops', 'GET', 400],
    ['/shops?postalCode=Rennes', 'GET', 400],
    ['/shops?postalCode=35000', 'POST', 405],
  ])('%s by %s is answered with %i', async (path, method, status) => {
    const response = await ask(`https://worker.example${path}`, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect((await response.json<Problem>()).status).toBe(status)
  })
})

describe('if Orange', () => {
  test('is down, the answer is 503, and the log has the reason in one line', async () => {
    // It asks several times, with pauses.
    vi.useRealTimers()
    const log = vi.spyOn(console, 'error').mockReturnValue()
    for (const { name } of (await env.TOKENS.list()).keys) await env.TOKENS.delete(name)
    await order('fail-token-requests', { count: 3, status: 503 })
    const response = await askElsewhere()
    expect(response.status).toBe(503)
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^OAuthError: orange: .+$/)]])
    // On a busy machine, not all of the three are asked for.
    await order('reset', {})
  })

  test('limits the calls, the answer is 503 with the time to wait', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const api = createOrangeApi(env).extend({
      retry: 0,
      fetch: async () => new Response(null, { status: 429, headers: { 'Retry-After': '7' } }),
    })
    const response = await answer(new Request(shopsUrl), api)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('7')
  })

  test('refuses the credentials, the answer is 502, and neither it nor the log shows the secret', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const response = await askElsewhere({ ORANGE_CLIENT_SECRET: 'a-wrong-secret' })
    expect(response.status).toBe(502)
    expect((await response.text()) + String(log.mock.calls)).not.toContain('a-wrong-secret')
  })
})

test('the error names a secret that is missing', () => {
  expect(() => createOrangeApi({ ...env, ORANGE_CLIENT_SECRET: '' })).toThrow(
    'orange: clientSecret is missing or empty',
  )
})
