import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createEmulator, type Emulator } from '../src/index.ts'
import { basic, bearer, getToken, REAL, requestToken } from './support.ts'

let emulator: Emulator
beforeEach(() => {
  emulator = createEmulator()
})
const token = () => getToken(REAL, { fetch: emulator.fetch })
const tokenStatus = async () => (await requestToken(REAL, { fetch: emulator.fetch })).status
const callStatus = async (accessToken: string) => (await emulator.fetch(`${REAL}/echo`, bearer(accessToken))).status

describe('options', () => {
  test('set the clients and the lifetime of tokens', async () => {
    emulator = createEmulator({ orange: { clients: { shop: 's3cret' }, lifetimeMs: 90_500 } })
    expect([...emulator.orange.clients]).toEqual([['shop', 's3cret']])
    expect(await tokenStatus()).toBe(401)
    const headers = { Authorization: basic('shop', 's3cret') }
    const response = await requestToken(REAL, { fetch: emulator.fetch, headers })
    expect(await response.json()).toMatchObject({ expires_in: 90 })
  })

  test('can change later: a secret is rotated, a lifetime shortened', async () => {
    emulator.orange.clients.set('emulated-client', 'rotated')
    expect(await tokenStatus()).toBe(401)
    emulator.orange.clients.set('emulated-client', 'emulated-secret')
    emulator.orange.lifetimeMs = 1000
    const shortLived = await token()
    expect(await callStatus(shortLived)).toBe(200)
    emulator.clock.advance(1000)
    expect(await callStatus(shortLived)).toBe(401)
  })
})

describe('scripts', () => {
  test('answer the next requests in their own order, and these requests are counted', async () => {
    emulator.orange.answerTokenRequests(2, { status: 503, headers: { 'Retry-After': '7' }, body: 'later' })
    emulator.orange.answerTokenRequests(1, { status: 200, body: { access_token: 'abc' } })
    const answers = []
    for (let request = 0; request < 4; request += 1) {
      const response = await requestToken(REAL, { fetch: emulator.fetch })
      answers.push([response.status, response.headers.get('retry-after'), await response.text()])
    }
    expect(answers).toEqual([
      [503, '7', 'later'],
      [503, '7', 'later'],
      [200, null, '{"access_token":"abc"}'],
      [200, null, expect.stringContaining('Bearer')],
    ])
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 4, tokensIssued: 1 })
  })

  test('can be a function of the request, and its rejections are counted', async () => {
    emulator.orange.answerApiCalls(1, async (request) => new Response(await request.text(), { status: 401 }))
    const response = await emulator.fetch(`${REAL}/echo`, { method: 'POST', body: 'hello' })
    expect([response.status, await response.text()]).toEqual([401, 'hello'])
    expect(emulator.orange.counters).toMatchObject({ apiCalls: 1, apiRejections: 1 })
  })

  test.each([
    ['no body', { status: 204 }, '', null],
    ['a text', { status: 200, headers: { 'x-a': 'b' }, body: 'hi' }, 'hi', expect.stringContaining('text/plain')],
    ['JSON null', { status: 200, body: null }, 'null', 'application/json'],
    ['a list', { status: 200, headers: { 'content-type': 'text/x-list' }, body: [] }, '[]', 'text/x-list'],
    ['a typed text', { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' }, '<p>', 'text/html'],
  ])('can answer with %s', async (_, answer, text, type) => {
    emulator.orange.answerApiCalls(1, answer)
    const response = await emulator.fetch(REAL)
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      answer.status,
      text,
      type,
    ])
  })

  test('can fail like the network', async () => {
    emulator.orange.answerTokenRequests(1, () => {
      throw new TypeError('fetch failed')
    })
    await expect(tokenStatus()).rejects.toThrow(new TypeError('fetch failed'))
  })

  test('can last until the reset', async () => {
    emulator.orange.answerTokenRequests(Infinity, { status: 500 })
    for (let request = 0; request < 3; request += 1) expect(await tokenStatus()).toBe(500)
    emulator.orange.reset()
    expect(await tokenStatus()).toBe(200)
  })

  test.each([0, -1, Number.NaN])('cannot answer %d requests', (count) => {
    expect(() => emulator.orange.answerTokenRequests(count, { status: 500 })).toThrow(RangeError)
    expect(() => emulator.orange.answerApiCalls(count, { status: 500 })).toThrow(RangeError)
  })
})

describe('holds', () => {
  test('make token requests wait until they are released, scripted ones too', async () => {
    const settled: number[] = []
    emulator.orange.answerTokenRequests(1, { status: 503 })
    const release = emulator.orange.holdTokenRequests()
    const requests = [tokenStatus(), tokenStatus()].map((request) => request.then((status) => settled.push(status)))
    await emulator.orange.tokenRequested(2)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, tokensIssued: 0 })
    expect(settled).toEqual([])
    release()
    await Promise.all(requests)
    expect(settled).toEqual([503, 200])
    expect(await tokenStatus()).toBe(200)
  })

  test('make calls wait, which are answered from the state at their release', async () => {
    const accessToken = await token()
    const release = emulator.orange.holdApiCalls()
    const call = callStatus(accessToken)
    await emulator.orange.apiCalled(1)
    emulator.orange.revoke()
    release()
    expect(await call).toBe(401)
  })

  test('do not apply to requests that an earlier hold has released', async () => {
    const release = emulator.orange.holdTokenRequests()
    const first = tokenStatus()
    await emulator.orange.tokenRequested(1)
    release()
    const releaseSecond = emulator.orange.holdTokenRequests()
    expect(await first).toBe(200)
    const second = tokenStatus()
    releaseSecond()
    expect(await second).toBe(200)
  })

  test.each([
    ['held', () => emulator.orange.holdTokenRequests()],
    ['delayed', () => (emulator.orange.tokenDelayMs = 600_000)],
  ])('end with a reset: a %s request fails, and is not counted any more', async (_, act) => {
    act()
    const request = tokenStatus()
    await emulator.orange.tokenRequested(1)
    emulator.orange.reset()
    await expect(request).rejects.toThrow(new TypeError('fetch failed'))
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 0, tokensIssued: 0 })
    emulator.orange.tokenDelayMs = 0
    expect(await tokenStatus()).toBe(200)
  })
})

describe('tokenRequested() and apiCalled()', () => {
  test('wait for the next request by default', async () => {
    await tokenStatus()
    const requested = emulator.orange.tokenRequested()
    const called = emulator.orange.apiCalled()
    await Promise.all([tokenStatus(), callStatus('none')])
    await Promise.all([requested, called])
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 1 })
  })

  test('wait for a count, which can be reached already', async () => {
    const requested = emulator.orange.tokenRequested(3)
    await Promise.all([tokenStatus(), tokenStatus(), tokenStatus()])
    await expect(requested).resolves.toBeUndefined()
    await expect(emulator.orange.tokenRequested(2)).resolves.toBeUndefined()
  })
})

test('tokenDelayMs delays a token response', async () => {
  vi.useFakeTimers()
  try {
    emulator.orange.tokenDelayMs = 200
    let status = 0
    const request = tokenStatus().then((answered) => (status = answered))
    await vi.advanceTimersByTimeAsync(199)
    expect(status).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    await request
    expect(status).toBe(200)
  } finally {
    vi.useRealTimers()
  }
})

test('reset() forgets events and keeps settings', async () => {
  emulator.orange.lifetimeMs = 1000
  emulator.orange.clients.set('other', 'secret')
  const accessToken = await token()
  await token()
  await callStatus('unknown')
  emulator.orange.answerApiCalls(1, { status: 500 })
  emulator.orange.reset()
  expect(emulator.orange.counters).toEqual({
    tokenRequests: 0,
    tokensIssued: 0,
    earlyTokenRequests: 0,
    apiCalls: 0,
    apiRejections: 0,
  })
  expect(await callStatus(accessToken)).toBe(401)
  expect(emulator.orange.lifetimeMs).toBe(1000)
  expect(emulator.orange.clients.get('other')).toBe('secret')
})

describe('the clock', () => {
  test('is the real time plus the advances', () => {
    vi.useFakeTimers({ now: 1000 })
    try {
      emulator.clock.advance(500)
      emulator.clock.advance(0)
      expect(emulator.clock.now()).toBe(1500)
    } finally {
      vi.useRealTimers()
    }
  })

  test.each([-1, Number.NaN, Infinity])('cannot be advanced by %d', (ms) => {
    expect(() => emulator.clock.advance(ms)).toThrow(RangeError)
  })
})
