import { describe, expect, test } from 'vitest'
import { basic, bearer, form, useEmulator, ways } from './support.ts'

const production = 'https://oauth2.bouyguestelecom.fr/token'
const sandbox = 'https://oauth2.sandbox.bouyguestelecom.fr/ap4/token'
const fields = { grant_type: 'client_credentials' }
const authorized = { Authorization: basic('emulated-client', 'emulated-secret') }
const emails = '/v1/customer-management/email-addresses/check'
const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

describe.each(ways)('Bouygues Telecom with a secret, %s', (way) => {
  const { emulator, send } = useEmulator(way)

  const answerTo = async (url: string, init?: RequestInit) => {
    const response = await send(url, init)
    return { status: response.status, body: await response.json() }
  }
  const getToken = async (endpoint = production): Promise<string> =>
    (await answerTo(endpoint, form(fields, authorized))).body.access_token

  describe.each([production, sandbox])('a token request to %s', (endpoint) => {
    test('gets a token', async () => {
      const response = await send(endpoint, form(fields, authorized))
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(await response.json()).toEqual({
        access_token: expect.stringMatching(new RegExp(`^at-${uuid}$`)),
        expires_in: 3600,
        token_type: 'Bearer',
        refresh_credit: 0,
        scope: 'EXT_EmailAddressConsult PersonneConsult',
      })
    })

    test.each([
      ['a wrong secret', { Authorization: basic('emulated-client', 'guess') }, {}],
      ['an unknown id', { Authorization: basic('unknown', 'emulated-secret') }, {}],
      ['the secret alone', { Authorization: `Basic ${btoa('emulated-secret')}` }, {}],
      ['another scheme', { Authorization: authorized.Authorization.replace('Basic', 'basic') }, {}],
      ['no credentials', {}, {}],
      ['credentials in the form', {}, { client_id: 'emulated-client', client_secret: 'emulated-secret' }],
    ])('with %s gets 401 without a description', async (_, headers, more) => {
      const response = await send(endpoint, form({ ...fields, ...more }, { ...headers }))
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Basic'])
      expect(await response.json()).toEqual({
        error: 'invalid_client',
        error_id: expect.stringMatching(new RegExp(`^et-${uuid}$`)),
        error_status: 401,
      })
    })

    test.each([
      ['no grant type', endpoint, form({}, authorized), 400, 'invalid_request'],
      [
        'the grant type in the URL',
        `${endpoint}?grant_type=client_credentials`,
        form({}, authorized),
        400,
        'invalid_request',
      ],
      ['another grant type', endpoint, form({ grant_type: 'password' }, authorized), 400, 'unsupported_grant_type'],
      [
        'a secret in the form too',
        endpoint,
        form({ ...fields, client_secret: 'x' }, authorized),
        400,
        'invalid_request',
      ],
      ['an assertion too', endpoint, form({ ...fields, client_assertion: 'x' }, authorized), 400, 'invalid_request'],
      ['another client id too', endpoint, form({ ...fields, client_id: 'x' }, authorized), 400, 'invalid_request'],
      ['a query', `${endpoint}?a=b`, form(fields, authorized), 400, 'invalid_request'],
      ['a repeated parameter', endpoint, form('grant_type=a&grant_type=b', authorized), 400, 'invalid_request'],
      ['no form', endpoint, { method: 'POST', headers: authorized }, 400, 'invalid_request'],
      ['GET', endpoint, { headers: authorized }, 405, 'invalid_request'],
    ])('with %s is refused', async (_, url, init, status, error) => {
      expect(await answerTo(url, init)).toEqual({ status, body: { error, error_description: expect.any(String) } })
    })
  })

  test.each([
    [production, 'https://open.api.bouyguestelecom.fr/echo', 200],
    [production, 'https://api.bouyguestelecom.fr/any/echo', 200],
    [production, 'https://open.api.sandbox.bouyguestelecom.fr/ap4/echo', 401],
    [sandbox, 'https://open.api.sandbox.bouyguestelecom.fr/ap4/echo', 200],
    [sandbox, 'https://api.sandbox.bouyguestelecom.fr/ap4/echo', 200],
    [sandbox, 'https://api.sandbox.bouyguestelecom.fr/ap5/echo', 404],
    [sandbox, 'https://api.bouyguestelecom.fr/echo', 401],
    [production, 'https://oauth2.bouyguestelecom.fr/echo', 404],
  ])('a token from %s at %s gets %i', async (endpoint, url, status) => {
    expect((await answerTo(url, bearer(await getToken(endpoint)))).status).toBe(status)
  })

  test('a call without a valid token gets 401 with a text that says what is needed', async () => {
    const url = 'https://open.api.bouyguestelecom.fr/echo'
    const rejection = {
      status: 401,
      body: { error: 'invalid_token', error_description: 'A valid Bearer token is needed' },
    }
    expect(await answerTo(url)).toEqual(rejection)
    expect(await answerTo(url, bearer('unknown'))).toEqual(rejection)
    const token = await getToken()
    expect(await answerTo(url, bearer(token))).toMatchObject({ status: 200 })
    emulator().clock.advance(3_600_000)
    expect(await answerTo(url, bearer(token))).toEqual(rejection)
  })

  test.each([
    ['https://open.api.bouyguestelecom.fr', production],
    ['https://open.api.sandbox.bouyguestelecom.fr/ap4', sandbox],
  ])('%s checks e-mail addresses', async (base, endpoint) => {
    const { headers } = bearer(await getToken(endpoint))
    const check = (emailAddress?: string) =>
      answerTo(base + emails, { method: 'POST', headers, body: JSON.stringify({ emailAddress }) })
    expect(await check('someone@example.com')).toEqual({
      status: 200,
      body: { contactEmailAddress: false, validEmailAddress: true },
    })
    expect(await check('contact@example.com')).toMatchObject({ body: { contactEmailAddress: true } })
    expect(await check('someone')).toMatchObject({ status: 200, body: { validEmailAddress: false } })
    expect(await check()).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(await answerTo(base + emails, { headers })).toMatchObject({ status: 405 })
  })

  test('a call outside the scope gets 403', async () => {
    expect(await answerTo('https://api.bouyguestelecom.fr/contracts', bearer(await getToken()))).toEqual({
      status: 403,
      body: { error: 'insufficient_scope', error_description: expect.stringContaining('ENT_ContratServicesConsult') },
    })
  })

  test('other paths, malformed forms, and calls beyond the limit get 404, 400 and 429', async () => {
    const { headers } = bearer(await getToken())
    const api = 'https://api.bouyguestelecom.fr'
    expect(await answerTo(`${api}/nowhere`, { headers })).toMatchObject({ status: 404 })
    const broken = { ...headers, 'Content-Type': 'multipart/form-data; boundary=x' }
    expect(await answerTo(`${api}/echo`, { method: 'POST', headers: broken, body: 'no form' })).toMatchObject({
      status: 400,
    })
    emulator().bouygues.maxApiCallsPerMinute = 2
    expect(await answerTo(`${api}/echo`, { headers })).toMatchObject({ status: 429 })
  })
})
