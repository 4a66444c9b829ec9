import { beforeEach, describe, expect, test } from 'vitest'
import { bearer, getToken, useServer } from './support.ts'

const server = useServer()
const base = () => `${server.url}/api.orange.com`
let token = ''
beforeEach(async () => {
  token = await getToken(base())
})

describe('a call without a valid token', () => {
  const shops = '/poi/v1/shops?postalCode=35000'

  test.each([
    ['no Authorization header', () => ({}), 40, 'Missing credentials'],
    ['a bare token', () => ({ Authorization: token }), 40, 'Missing credentials'],
    ['no token', () => ({ Authorization: 'Bearer' }), 40, 'Missing credentials'],
    ['another scheme', () => ({ Authorization: `Basic ${token}` }), 40, 'Missing credentials'],
    ['another spelling of the scheme', () => ({ Authorization: `bearer ${token}` }), 40, 'Missing credentials'],
    ['an unknown token', () => ({ Authorization: 'Bearer unknown' }), 41, 'Invalid credentials'],
  ])('gets 401 with %s', async (_, headers, code, message) => {
    const response = await fetch(base() + shops, { headers: headers() })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ code, message, description: expect.any(String) })
    expect(server.orange.counters).toMatchObject({ apiCalls: 1, apiRejections: 1 })
  })

  test('gets 401 code 41 when the token is revoked, and other tokens stay valid', async () => {
    const other = await getToken(base())
    server.orange.revoke(token)
    const response = await fetch(base() + shops, bearer(token))
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 41, message: 'Invalid credentials' })
    expect((await fetch(base() + shops, bearer(other))).status).toBe(200)
    server.orange.revoke()
    expect((await fetch(base() + shops, bearer(other))).status).toBe(401)
  })

  test('gets 401 code 42 when the token has expired', async () => {
    server.emulator.clock.advance(3_590_000)
    expect((await fetch(base() + shops, bearer(token))).status).toBe(200)
    server.emulator.clock.advance(10_000)
    const response = await fetch(base() + shops, bearer(token))
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 42, message: 'Expired credentials' })
  })

  test('gets 401 before the path is checked', async () => {
    expect((await fetch(`${base()}/nowhere`)).status).toBe(401)
  })
})

describe('a call with a valid token', () => {
  test.each(['35000', '75015', '13001'])('finds shops at %s', async (postalCode) => {
    const response = await fetch(`${base()}/poi/v1/shops?postalCode=${postalCode}`, bearer(token))
    expect(response.status).toBe(200)
    const shops: unknown[] = await response.json()
    expect(shops.length).toBeGreaterThan(1)
    const text = expect.any(String)
    for (const shop of shops) expect(shop).toEqual({ id: text, name: text, address: text, postalCode, city: text })
  })

  test.each([
    ['/poi/v1/shops?postalCode=00000', 200, []],
    ['/poi/v1/shops?postalCode=constructor', 200, []],
    ['/poi/v1/shops', 400, { code: 27, message: 'Missing query-string parameter', description: expect.any(String) }],
    ['/nowhere', 404, { code: 60, message: 'Resource not found', description: expect.any(String) }],
    ['/', 404, { code: 60, message: 'Resource not found', description: expect.any(String) }],
    ['', 404, { code: 60, message: 'Resource not found', description: expect.any(String) }],
  ])('to "%s" gets %i', async (path, status, body) => {
    const response = await fetch(base() + path, bearer(token))
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual(body)
  })

  test('gets 405 code 61 with a wrong method', async () => {
    const response = await fetch(`${base()}/poi/v1/shops?postalCode=35000`, { method: 'DELETE', ...bearer(token) })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
    expect(await response.json()).toMatchObject({ code: 61 })
  })
})

const echo = async (init: RequestInit = {}) => {
  const response = await fetch(`${base()}/echo`, { ...bearer(token), ...init })
  return { status: response.status, body: await response.json() }
}

describe('/echo', () => {
  test('describes the request, and has the scheme but not the token', async () => {
    expect(await echo()).toEqual({
      status: 200,
      body: { method: 'GET', contentType: null, length: 0, text: '', authorization: 'Bearer' },
    })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('has the body of a %s', async (method) => {
    const { body } = await echo({ method, body: 'é=1' })
    expect(body).toMatchObject({ method, length: 4, text: 'é=1' })
  })

  test('has the entries of a multipart form', async () => {
    const form = new FormData()
    form.append('name', 'Ada')
    form.append('name', 'Grace')
    form.append('file', new File(['pixels'], 'a.png', { type: 'image/png' }))
    const { body } = await echo({ method: 'POST', body: form })
    expect(body.contentType).toMatch(/^multipart\/form-data; ?boundary=/)
    expect(body.form).toEqual([
      ['name', 'Ada'],
      ['name', 'Grace'],
      ['file', { name: 'a.png', type: 'image/png', text: 'pixels' }],
    ])
  })

  test('answers 400 code 22 for a malformed form', async () => {
    const headers = { ...bearer(token).headers, 'Content-Type': 'multipart/form-data; boundary=x' }
    const { status, body } = await echo({ method: 'POST', headers, body: 'no form' })
    expect({ status, code: body.code }).toEqual({ status: 400, code: 22 })
  })
})

test('more API calls a minute than allowed get 403 with code 53, until the minute ends', async () => {
  const call = async () => {
    const response = await fetch(`${server.url}/api.orange.com/echo`, bearer(token))
    return [response.status, (await response.json()).code]
  }
  server.orange.maxApiCallsPerMinute = 1
  expect([await call(), await call()]).toEqual([
    [200, undefined],
    [403, 53],
  ])
  server.emulator.clock.advance(60_000)
  expect(await call()).toEqual([200, undefined])
  server.orange.maxApiCallsPerMinute = Number.POSITIVE_INFINITY
})
