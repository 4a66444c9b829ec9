import { describe, expect, test } from 'vitest'
import { basic, bearer, form, useEmulator, ways } from './support.ts'

const endpoint = 'https://oauth.messengeo.net/token'
const fields = { grant_type: 'client_credentials', client_id: 'emulated-client', client_secret: 'emulated-secret' }
const hosts = [
  ['api.messengeo.net', 400],
  ['contacts.messengeo.net', 401],
  ['sms.messengeo.net', 401],
  ['baseo.messengeo.net', 401],
  ['mobile.messengeo.net', 401],
] as const

describe.each(ways)('Digitaleo, %s', (way) => {
  const { emulator, send } = useEmulator(way)

  const answerTo = async (url: string, init?: RequestInit) => {
    const response = await send(url, init)
    return { status: response.status, body: await response.json() }
  }
  const getToken = async (): Promise<string> => (await answerTo(endpoint, form(fields))).body.access_token

  describe('a token request', () => {
    test('gets a token, and its lifetime in seconds as a string', async () => {
      const response = await send(endpoint, form(fields))
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(await response.json()).toEqual({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        expires_in: '3600',
        token_type: 'bearer',
        scope: 'basic',
      })
    })

    test.each([
      ['a wrong secret', { ...fields, client_secret: 'guess' }],
      ['an unknown id', { ...fields, client_id: 'unknown' }],
      ['no credentials', { grant_type: 'client_credentials' }],
    ])('with %s gets the documented 400', async (_, wrong) => {
      expect(await answerTo(endpoint, form(wrong))).toEqual({
        status: 400,
        body: { error: 'invalid_client', error_description: 'The client credentials are invalid' },
      })
    })

    test('with a secret in the URL gets 400, even with a correct form', async () => {
      const answer = await answerTo(`${endpoint}?client_secret=emulated-secret`, form(fields))
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    })

    test('takes credentials from the form only, and ignores an Authorization header', async () => {
      const Authorization = basic('emulated-client', 'emulated-secret')
      const inHeader = await answerTo(endpoint, form({ grant_type: 'client_credentials' }, { Authorization }))
      expect(inHeader).toMatchObject({ status: 400, body: { error: 'invalid_client' } })
      const wrong = { Authorization: basic('emulated-client', 'guess') }
      expect(await answerTo(endpoint, form(fields, wrong))).toMatchObject({ status: 200 })
    })

    test.each([
      ['no grant type', form({ ...fields, grant_type: '' }), 'invalid_request'],
      ['another grant type', form({ ...fields, grant_type: 'password' }), 'unsupported_grant_type'],
      ['a repeated parameter', form(`${new URLSearchParams(fields)}&client_id=emulated-client`), 'invalid_request'],
      ['JSON', { ...form(fields), headers: { 'Content-Type': 'application/json' } }, 'invalid_request'],
      ['GET', { method: 'GET' }, 'invalid_request'],
      ['PUT', { ...form(fields), method: 'PUT' }, 'invalid_request'],
    ])('with %s gets 400', async (_, init, error) => {
      expect(await answerTo(endpoint, init)).toEqual({
        status: 400,
        body: { error, error_description: expect.any(String) },
      })
    })
  })

  describe('a token', () => {
    test.each([500, 501, 502, 503, 800, 8000, 49_999, 50_000])('can have %i characters', async (length) => {
      emulator().digitaleo.tokenLength = length
      const token = await getToken()
      expect(token).toHaveLength(length)
      // The page's own example begins like this.
      expect(token).toMatch(/^eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9\.eyJpZCI6[\w-]+\.[\w-]{342,346}$/)
      expect(await answerTo('https://api.messengeo.net/echo', bearer(token))).toMatchObject({ status: 200 })
    })

    test('has 800 characters by default, and is never the same', async () => {
      const [first, second] = [await getToken(), await getToken()]
      expect(first).toHaveLength(800)
      expect(second).not.toBe(first)
    })

    test.each([499, 50_001, 600.5, Number.NaN])('cannot have %d characters', (length) => {
      expect(() => (emulator().digitaleo.tokenLength = length)).toThrow(RangeError)
      expect(emulator().digitaleo.tokenLength).toBe(800)
    })
  })

  describe.each(hosts)('a call to %s', (host, status) => {
    const url = `https://${host}/echo`
    const rejection = (reason: string) => ({
      status,
      body: { error: 'invalid_token', error_description: expect.stringContaining(reason) },
    })

    test(`without a valid token gets ${status}`, async () => {
      expect(await answerTo(url)).toEqual(rejection('missing'))
      expect(await answerTo(url, bearer('unknown'))).toEqual(rejection('unknown'))
      const token = await getToken()
      expect(await answerTo(url, { headers: { Authorization: `bearer ${token}` } })).toEqual(rejection('missing'))
      expect(await answerTo(url, bearer(token))).toMatchObject({ status: 200, body: { authorization: 'Bearer' } })
      emulator().clock.advance(3_600_000)
      expect(await answerTo(url, bearer(token))).toEqual(rejection('expired'))
      emulator().digitaleo.revoke()
      expect(await answerTo(url, bearer(token))).toEqual(rejection('unknown'))
      expect(emulator().digitaleo.counters).toMatchObject({ apiCalls: 6, apiRejections: 5 })
    })
  })

  describe('a call with a valid token', () => {
    test.each([
      ['https://api.messengeo.net/rest/campaigns', [1, 2, 3, 4, 5]],
      ['https://contacts.messengeo.net/rest/contacts', [1, 2, 3, 4, 5]],
      ['https://contacts.messengeo.net/rest/contacts?limit=2', [1, 2]],
      ['https://contacts.messengeo.net/rest/contacts?limit=2&offset=3', [4, 5]],
      ['https://contacts.messengeo.net/rest/contacts?offset=4', [5]],
    ])('gets the list at %s', async (url, ids) => {
      const { body } = await answerTo(url, bearer(await getToken()))
      expect(body.list.map(({ id }: { id: number }) => id)).toEqual(ids)
      expect(body.total).toBe(5)
    })

    test.each([
      ['GET', 'https://api.messengeo.net/rest/contacts', 404],
      ['GET', 'https://sms.messengeo.net/rest/campaigns', 404],
      ['GET', 'https://oauth.messengeo.net/echo', 404],
      ['DELETE', 'https://api.messengeo.net/rest/campaigns', 405],
    ])('%s %s gets %i', async (method, url, status) => {
      const answer = await answerTo(url, { method, ...bearer(await getToken()) })
      expect(answer).toEqual({ status, body: { error: expect.any(String), error_description: expect.any(String) } })
    })

    test('gets 400 for a malformed form', async () => {
      const headers = { ...bearer(await getToken()).headers, 'Content-Type': 'multipart/form-data; boundary=x' }
      const init = { method: 'POST', body: 'no form', headers }
      expect(await answerTo('https://sms.messengeo.net/echo', init)).toMatchObject({ status: 400 })
    })

    test('gets 429 beyond the limit that was set', async () => {
      emulator().digitaleo.maxApiCallsPerMinute = 1
      const call = async () => answerTo('https://api.messengeo.net/echo', bearer(await getToken()))
      expect([(await call()).status, (await call()).status]).toEqual([200, 429])
    })
  })

  test('a header that is too long gets 400 with a page of HTML, before the token is checked', async () => {
    const token = await getToken()
    const call = () => send('https://contacts.messengeo.net/echo', bearer(token))
    emulator().digitaleo.maxHeaderBytes = 'Bearer '.length + token.length
    expect((await call()).status).toBe(200)
    emulator().digitaleo.maxHeaderBytes -= 1
    emulator().digitaleo.revoke()
    const response = await call()
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/html'])
    expect(await response.text()).toMatch(/^<html>.*Request Header Or Cookie Too Large/)
  })
})
