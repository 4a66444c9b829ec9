import { describe, expect, test } from 'vitest'
import { bearer, getToken, useServer } from './support.ts'

const server = useServer()
const post = async (path: string, body?: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const json = text && { headers: { 'Content-Type': 'application/json' }, body: text }
  const response = await fetch(`${server.url}/control/${path}`, { method: 'POST', ...json })
  return { status: response.status, body: await response.json() }
}
const counters = async () => (await fetch(`${server.url}/control/orange/counters`)).json()
const callStatus = async (token: string) => (await fetch(`${server.url}/api.orange.com/echo`, bearer(token))).status

describe('over HTTP, another process', () => {
  test('reads the counters and resets them', async () => {
    await getToken(`${server.url}/api.orange.com`)
    expect(await counters()).toEqual({
      tokenRequests: 1,
      tokensIssued: 1,
      earlyTokenRequests: 0,
      apiCalls: 0,
      apiRejections: 0,
    })
    expect(await post('orange/reset')).toMatchObject({ status: 200, body: { tokenRequests: 0 } })
    expect(await counters()).toMatchObject({ tokenRequests: 0 })
  })

  test('revokes one token, or all', async () => {
    const [first, second] = [
      await getToken(`${server.url}/api.orange.com`),
      await getToken(`${server.url}/api.orange.com`),
    ]
    expect(await post('orange/revoke', { accessToken: first })).toEqual({ status: 200, body: {} })
    expect([await callStatus(first), await callStatus(second)]).toEqual([401, 200])
    await post('orange/revoke')
    expect(await callStatus(second)).toBe(401)
  })

  test('sets the lifetime and advances the clock', async () => {
    expect(await post('orange/lifetime', { ms: 5000 })).toEqual({ status: 200, body: { ms: 5000 } })
    const token = await getToken(`${server.url}/api.orange.com`)
    const before = server.emulator.clock.now()
    const { body } = await post('clock/advance', { ms: 5000 })
    expect(body.now).toBeGreaterThanOrEqual(before + 5000)
    expect(await callStatus(token)).toBe(401)
    server.orange.lifetimeMs = 3_600_000
  })

  test('makes token requests fail', async () => {
    expect(await post('orange/fail-token-requests', { count: 1 })).toEqual({
      status: 200,
      body: { count: 1, status: 503 },
    })
    expect(await post('orange/fail-token-requests', { count: 1, status: 429 })).toMatchObject({ status: 200 })
    const ask = async () => (await fetch(`${server.url}/api.orange.com/oauth/v3/token`, { method: 'POST' })).status
    expect([await ask(), await ask(), await ask()]).toEqual([503, 429, 406])
  })

  test.each(['digitaleo', 'bouygues'] as const)('controls %s in the same way', async (name) => {
    expect(await (await fetch(`${server.url}/control/${name}/counters`)).json()).toMatchObject({ tokenRequests: 0 })
    await post(`${name}/lifetime`, { ms: 1000 })
    expect(server.emulator[name].lifetimeMs).toBe(1000)
    expect(server.orange.lifetimeMs).toBe(3_600_000)
  })

  test('sets what only Digitaleo has', async () => {
    const { digitaleo } = server.emulator
    expect(await post('digitaleo/token-length', { characters: 9000 })).toEqual({
      status: 200,
      body: { characters: 9000 },
    })
    expect(digitaleo.tokenLength).toBe(9000)
    expect(await post('digitaleo/max-header-bytes', { bytes: 8192 })).toEqual({ status: 200, body: { bytes: 8192 } })
    expect(digitaleo.maxHeaderBytes).toBe(8192)
    expect(await post('digitaleo/max-header-bytes')).toEqual({ status: 200, body: {} })
    expect(digitaleo.maxHeaderBytes).toBe(Infinity)
  })

  test('sets what only Bouygues Telecom has', async () => {
    const { bouygues } = server.emulator
    const publicKey = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
    expect(await post('bouygues/public-keys', { clientId: 'a', publicKey })).toEqual({
      status: 200,
      body: { clientId: 'a' },
    })
    await post('bouygues/public-keys', { clientId: 'b', publicKey: 'PEM' })
    expect([...bouygues.publicKeys]).toEqual([
      ['a', publicKey],
      ['b', 'PEM'],
    ])
    expect(await post('bouygues/certificate-lifetime', { ms: 5 })).toEqual({ status: 200, body: { ms: 5 } })
    expect(bouygues.certificateLifetimeMs).toBe(5)
  })

  test.each([
    ['digitaleo/token-length', undefined],
    ['digitaleo/token-length', { characters: 50_001 }],
    ['digitaleo/token-length', { characters: '800' }],
    ['digitaleo/token-length', 'no json'],
    ['digitaleo/max-header-bytes', { bytes: '8192' }],
    ['digitaleo/max-header-bytes', { bytes: -1 }],
    ['bouygues/public-keys', { clientId: 'a' }],
    ['bouygues/public-keys', { publicKey: 'PEM' }],
    ['bouygues/public-keys', { clientId: 'a', publicKey: {} }],
    ['bouygues/certificate-lifetime', { ms: -1 }],
    ['bouygues/certificate-lifetime', '{"ms":1e999}'],
    ['digitaleo/token-length', '{"characters":1e999}'],
    ['digitaleo/max-header-bytes', '{"bytes":1e999}'],
    ['orange/fail-token-requests', '{"count":1e999}'],
    ['orange/lifetime', '{"ms":1e999}'],
    ['clock/advance', '{"ms":1e999}'],
    ['orange/fail-token-requests', undefined],
    ['orange/fail-token-requests', { count: 0 }],
    ['orange/fail-token-requests', { count: 1, status: 200 }],
    ['orange/fail-token-requests', { count: '1' }],
    ['orange/lifetime', undefined],
    ['orange/lifetime', 'no json'],
    ['orange/lifetime', { ms: '5000' }],
    ['orange/lifetime', { ms: -1 }],
    ['orange/lifetime', [5000]],
    ['clock/advance', {}],
    ['clock/advance', 'null'],
    ['clock/advance', { ms: -1 }],
    ['orange/revoke', 'no json'],
    ['orange/revoke', { accessToken: 5 }],
  ])('gets 400 at %s with %j', async (path, body) => {
    const answer = await post(path, body)
    expect(answer).toEqual({ status: 400, body: { error: expect.stringMatching(/ must (be|have) /) } })
    expect(server.orange.lifetimeMs).toBe(3_600_000)
  })

  test.each(['unknown/reset', 'orange/nothing', 'orange/token-length', 'clock'])('gets 404 at %s', async (path) => {
    expect(await post(path)).toMatchObject({ status: 404, body: { error: expect.stringContaining(path) } })
  })
})
