import { request as nodeRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { basic, bearer, getToken, requestToken, useServer } from './support.ts'

const server = useServer()
const base = () => `${server.url}/api.orange.com`

// Only the emulator's own clock advances.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

describe('a token request', () => {
  test('gets a bearer token and its lifetime as a number of seconds', async () => {
    const response = await requestToken(base())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      token_type: 'Bearer',
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      expires_in: 3600,
    })
  })

  test('gets another token each time', async () => {
    expect(await getToken(base())).not.toBe(await getToken(base()))
  })

  test('gets the same token again while it lives, with sameToken', async () => {
    server.orange.sameToken = true
    try {
      const token = await getToken(base())
      server.emulator.clock.advance(600_000)
      const again = await (await requestToken(base())).json()
      expect(again).toMatchObject({ access_token: token })
      expect(again.expires_in).toBe(3000)
      expect(server.orange.counters).toMatchObject({ tokensIssued: 1, earlyTokenRequests: 1 })
      server.orange.revoke()
      expect(await getToken(base())).not.toBe(token)
    } finally {
      server.orange.sameToken = false
    }
  })

  test.each(['application/json', 'text/html, application/json;q=0.9', 'Application/JSON'])(
    'succeeds with Accept: %s',
    async (accept) => {
      expect((await requestToken(base(), { headers: { Accept: accept } })).status).toBe(200)
    },
  )

  test.each(['*/*', 'application/*', 'text/html', ''])('gets 406 with Accept: %s', async (accept) => {
    const response = await requestToken(base(), { headers: { Accept: accept } })
    expect(response.status).toBe(406)
    expect(await response.json()).toMatchObject({ code: 62 })
  })

  test('gets 406 without an Accept header, which only a low-level client can leave out', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        Authorization: basic('emulated-client', 'emulated-secret'),
        'Content-Type': 'application/x-www-form-urlencoded',
      }
      nodeRequest(`${base()}/oauth/v3/token`, { method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end('grant_type=client_credentials')
    })
    expect(status).toBe(406)
  })

  test.each(['application/x-www-form-urlencoded;charset=UTF-8', 'Application/X-WWW-Form-URLEncoded; charset=utf-8'])(
    'succeeds with Content-Type: %s',
    async (type) => {
      expect((await requestToken(base(), { headers: { 'Content-Type': type } })).status).toBe(200)
    },
  )

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'gets 400 invalid_request with Content-Type: %s',
    async (type) => {
      const response = await requestToken(base(), { headers: { 'Content-Type': type } })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    },
  )

  test.each(['GET', 'PUT', 'DELETE'])('gets 405 with %s', async (method) => {
    const response = await requestToken(base(), { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test.each([
    ['', 400, 'invalid_request'],
    ['grant_type=', 400, 'invalid_request'],
    ['grant_type=password', 400, 'unsupported_grant_type'],
    ['grant_type=client_credentials&grant_type=client_credentials', 400, 'invalid_request'],
    ['grant_type=client_credentials&scope=a&scope=b', 400, 'invalid_request'],
  ])('with the body "%s" gets %i %s', async (body, status, error) => {
    const response = await requestToken(base(), { body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error, error_description: expect.any(String) })
  })
})

describe('client credentials', () => {
  test.each(['50%25 off', 'a+b c', 'one:two::', 'é€😀', '/?#&='])('are not decoded: %s', async (secret) => {
    server.orange.clients.set('my-id', secret)
    const headers = { Authorization: basic('my-id', secret) }
    expect((await requestToken(base(), { headers })).status).toBe(200)
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'my-id',
      client_secret: secret,
    }).toString()
    expect((await requestToken(base(), { body, headers: { Authorization: null } })).status).toBe(200)
  })

  test('that are percent-encoded before base64 are wrong', async () => {
    server.orange.clients.set('my-id', 'a%b')
    const headers = { Authorization: basic('my-id', encodeURIComponent('a%b')) }
    expect((await requestToken(base(), { headers })).status).toBe(401)
  })

  test.each([
    ['an unknown id', basic('unknown', 'emulated-secret')],
    ['a wrong secret', basic('emulated-client', 'guess')],
    ['an empty secret', basic('emulated-client', '')],
  ])('with %s get the documented 401', async (_, authorization) => {
    const response = await requestToken(base(), { headers: { Authorization: authorization } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Authorization Required"')
    expect(await response.json()).toEqual({
      error: 'invalid_client',
      error_description: 'The requested service needs credentials, but the ones provided were invalid.',
    })
  })

  test.each([
    ['no base64', 'Basic emulated-client:emulated-secret'],
    ['base64 without a colon', `Basic ${btoa('emulated-client')}`],
    ['base64 of invalid UTF-8', `Basic ${btoa('\xFF:\xFF')}`],
    ['base64 of an impossible length', 'Basic YWJjZ'],
    ['a doubled prefix', `Basic ${basic('emulated-client', 'emulated-secret')}`],
    ['no value', 'Basic'],
    ['another scheme', 'Bearer abc'],
  ])('sent as %s get 401 invalid_client with a separate description', async (_, authorization) => {
    const response = await requestToken(base(), { headers: { Authorization: authorization } })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      error: 'invalid_client',
      error_description: expect.stringContaining('must be Basic'),
    })
  })

  test.each(['grant_type=client_credentials', 'grant_type=client_credentials&client_id=emulated-client'])(
    'that are missing get 401 invalid_client: %s',
    async (body) => {
      const response = await requestToken(base(), { body, headers: { Authorization: null } })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: 'invalid_client' })
    },
  )

  test.each([
    'client_id=emulated-client&client_secret=emulated-secret',
    'client_id=emulated-client',
    'client_secret=emulated-secret',
  ])('in the header and in the body get 400 Duplicate credentials: %s', async (more) => {
    const response = await requestToken(base(), { body: `grant_type=client_credentials&${more}` })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: 'invalid_request', error_description: 'Duplicate credentials' })
  })
})

describe('the limit of 50 token requests a minute', () => {
  test('refuses the 51st with 429, and admits the next when the first is a minute old', async () => {
    for (let request = 0; request < 50; request += 1) expect((await requestToken(base())).status).toBe(200)
    const refused = await requestToken(base())
    expect([refused.status, await refused.json()]).toEqual([429, expect.objectContaining({ code: 53 })])
    server.emulator.clock.advance(30_000)
    expect((await requestToken(base())).status).toBe(429)
    server.emulator.clock.advance(30_000)
    expect((await requestToken(base())).status).toBe(200)
    expect(server.orange.counters.tokenRequests).toBe(53)
  })

  test('counts refused requests too', async () => {
    const headers = { Authorization: basic('emulated-client', 'guess') }
    for (let request = 0; request < 50; request += 1) await requestToken(base(), { headers })
    expect((await requestToken(base())).status).toBe(429)
  })
})

describe('one token an hour', () => {
  test('is a recommendation: an early request succeeds, and is counted', async () => {
    await getToken(base())
    expect(server.orange.counters.earlyTokenRequests).toBe(0)
    expect((await requestToken(base())).status).toBe(200)
    expect(server.orange.counters).toMatchObject({ tokensIssued: 2, earlyTokenRequests: 1 })
  })

  test.each([
    ['in the last twentieth of its lifetime', () => server.emulator.clock.advance(3_421_000)],
    ['after it has expired', () => server.emulator.clock.advance(3_600_000)],
    ['after it is revoked', () => server.orange.revoke()],
  ])('allows the next token %s', async (_, act) => {
    await getToken(base())
    act()
    await getToken(base())
    expect(server.orange.counters).toMatchObject({ tokensIssued: 2, earlyTokenRequests: 0 })
  })

  test('is counted for each client separately', async () => {
    server.orange.clients.set('other', 'secret')
    await getToken(base())
    await getToken(base(), { headers: { Authorization: basic('other', 'secret') } })
    expect(server.orange.counters.earlyTokenRequests).toBe(0)
  })

  test('ignores refused requests', async () => {
    await getToken(base())
    await requestToken(base(), { body: 'grant_type=password' })
    expect(server.orange.counters).toMatchObject({ tokenRequests: 2, tokensIssued: 1, earlyTokenRequests: 0 })
  })
})

test('every response has its own request id', async () => {
  const token = await getToken(base())
  const responses = [
    await requestToken(base()),
    await requestToken(base(), { method: 'GET' }),
    await requestToken(base(), { headers: { Authorization: null } }),
    await fetch(`${base()}/echo`, bearer(token)),
    await fetch(`${base()}/nowhere`),
  ]
  const ids = new Set(responses.map(({ headers }) => headers.get('x-oapi-request-id')))
  expect(ids).not.toContain(null)
  expect(ids.size).toBe(responses.length)
})
