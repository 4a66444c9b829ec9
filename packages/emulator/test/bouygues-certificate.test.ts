import { base64url, CompactSign, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bearer, form, useEmulator, ways } from './support.ts'

const realm = 'https://mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise'
const endpoint = `${realm}/protocol/openid-connect/token`
const keys = await generateKeyPair('RS256', { extractable: true })
const pem = await exportSPKI(keys.publicKey)
const jwk = await exportJWK(keys.publicKey)
const otherKeys = await generateKeyPair('RS256')
const goodHeader = { kid: 'apim-provisioner', alg: 'RS256', use: 'sig', typ: 'JWT' }

/** Signs claims, by default with the correct header and key. */
const sign = (claims: object, header: object = goodHeader, key: CryptoKey | Uint8Array = keys.privateKey) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader(header as { alg: string })
    .sign(key)

const encode = (part: object) => base64url.encode(JSON.stringify(part))

describe.each(ways)('Bouygues Telecom with a certificate, %s', (way) => {
  const { emulator, send, addressOf } = useEmulator(way)

  // Only the emulator's own clock advances, so that a slow machine does not change the age of an assertion.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  beforeEach(() => {
    for (const clientId of ['app-cc-jwt', '1']) emulator().bouygues.publicKeys.set(clientId, pem)
  })

  const now = () => Math.floor(emulator().clock.now() / 1000)
  const goodClaims = () => ({
    iss: 'app-cc-jwt',
    sub: 'app-cc-jwt',
    aud: realm,
    iat: now(),
    exp: now() + 60,
    jti: crypto.randomUUID(),
  })
  const fieldsWith = (assertion: string) => ({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  const request = async (assertion: string) => {
    const response = await send(endpoint, form(fieldsWith(assertion)))
    return { status: response.status, body: await response.json() }
  }
  const requestWith = async (claims: object) => request(await sign({ ...goodClaims(), ...claims }))
  const refusal = (reason: string) => ({
    status: 400,
    body: { error: 'invalid_client', error_description: expect.stringContaining(reason) },
  })

  test('an assertion gets a token that lives for five minutes', async () => {
    const response = await send(endpoint, form(fieldsWith(await sign(goodClaims()))))
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const body = await response.json()
    expect(body).toEqual({
      access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{342}$/),
      expires_in: 300,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      scope: 'ENT_ContratServicesManage ENT_ContratServicesConsult',
    })
    const [header = ''] = body.access_token.split('.')
    expect(JSON.parse(new TextDecoder().decode(base64url.decode(header)))).toMatchObject({ alg: 'RS256' })
  })

  test('a public key can be registered as a JWK', async () => {
    emulator().bouygues.publicKeys.set('app-cc-jwt', jwk)
    expect(await requestWith({})).toMatchObject({ status: 200 })
  })

  test.each([realm, endpoint])('the audience can be %s, or its URL on the server', async (aud) => {
    expect(await requestWith({ aud })).toMatchObject({ status: 200 })
    expect(await requestWith({ aud: addressOf(aud) })).toMatchObject({ status: 200 })
  })

  test.each([
    ['another realm', `${realm}s`],
    ['the realm with a slash', `${realm}/`],
    ['the secret flow', 'https://oauth2.bouyguestelecom.fr/token'],
    ['the URL of another server', 'http://127.0.0.1:1/mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise'],
    ['a list of one', [realm]],
    ['two audiences', [realm, endpoint]],
    ['none', undefined],
  ])('the audience cannot be %s', async (_, aud) => {
    expect(await requestWith({ aud })).toEqual(refusal('aud must be'))
  })

  test.each([
    ['another kid', { ...goodHeader, kid: 'my-key' }],
    ['no kid', { alg: 'RS256', use: 'sig', typ: 'JWT' }],
    ['another use', { ...goodHeader, use: 'enc' }],
    ['no use', { kid: 'apim-provisioner', alg: 'RS256', typ: 'JWT' }],
    ['another typ', { ...goodHeader, typ: 'jwt' }],
    ['no typ', { kid: 'apim-provisioner', alg: 'RS256', use: 'sig' }],
    ['another member', { ...goodHeader, cty: 'JWT' }],
  ])('the header cannot have %s', async (_, header) => {
    expect(await request(await sign(goodClaims(), header))).toEqual(refusal('header'))
  })

  test('the algorithm cannot be none, HS256 with the public key as the secret, or another RSA algorithm', async () => {
    const none = `${encode({ ...goodHeader, alg: 'none' })}.${encode(goodClaims())}.`
    expect(await request(none)).toEqual(refusal('header'))
    const secret = new TextEncoder().encode(pem)
    expect(await request(await sign(goodClaims(), { ...goodHeader, alg: 'HS256' }, secret))).toEqual(refusal('header'))
    const sha384 = await generateKeyPair('RS384', { extractable: true })
    emulator().bouygues.publicKeys.set('app-cc-jwt', await exportSPKI(sha384.publicKey))
    const header = { ...goodHeader, alg: 'RS384' }
    expect(await request(await sign(goodClaims(), header, sha384.privateKey))).toEqual(refusal('header'))
  })

  test('the signature must be by the key that is registered for the client', async () => {
    const stolen = await sign(goodClaims(), goodHeader, otherKeys.privateKey)
    expect(await request(stolen)).toEqual(refusal('signature'))
    const [header, , signature] = (await sign(goodClaims())).split('.')
    expect(await request(`${header}.${encode(goodClaims())}.${signature}`)).toEqual(refusal('signature'))
    expect(await request(`${header}.${encode(goodClaims())}.`)).toEqual(refusal('signature'))
    emulator().bouygues.publicKeys.set('app-cc-jwt', 'no key at all')
    expect(await requestWith({})).toEqual(refusal('not an RSA public key'))
  })

  test.each([
    ['iss is unknown', { iss: 'unknown', sub: 'unknown' }, 'iss is not a client'],
    ['iss is a client with a secret', { iss: 'emulated-client', sub: 'emulated-client' }, 'iss is not a client'],
    ['iss is missing', { iss: undefined }, 'iss is not a client'],
    ['iss is a number', { iss: 1, sub: 1 }, 'iss is not a client'],
    ['iss is a list', { iss: ['app-cc-jwt'] }, 'iss is not a client'],
    ['sub is another', { sub: 'emulated-client' }, 'sub must be'],
    ['sub is missing', { sub: undefined }, 'sub must be'],
    ['nbf is in the future', { nbf: now() + 600 }, 'nbf is in the future'],
    ['nbf is not a number', { nbf: 'now' }, 'nbf is in the future'],
    ['jti is missing', { jti: undefined }, 'jti is missing'],
    ['jti is empty', { jti: '' }, 'jti is missing'],
    ['jti is a number', { jti: 1 }, 'jti is missing'],
  ])('it is refused if %s', async (_, claims, reason) => {
    expect(await requestWith(claims)).toEqual(refusal(reason))
  })

  test.each([
    ['iat is missing', () => ({ iat: undefined })],
    ['exp is missing', () => ({ exp: undefined })],
    ['iat is a fraction', () => ({ iat: now() + 0.5 })],
    ['exp is a fraction', () => ({ exp: now() + 30.5 })],
    ['iat is a time stamp of RFC 3339', () => ({ iat: new Date(now() * 1000).toISOString() })],
    ['exp is a time stamp of RFC 3339', () => ({ exp: new Date((now() + 60) * 1000).toISOString() })],
    ['iat is in quotes', () => ({ iat: String(now()) })],
  ])('it is refused if %s', async (_, claims) => {
    expect(await requestWith(claims())).toEqual(refusal('whole numbers'))
  })

  test.each([
    ['iat is 18 s ahead', 18, 60, 'future'],
    ['iat was 76 s ago', -76, 60, 'ago'],
    ['exp was 15 s ago', -30, -15, 'exp is in the past'],
    ['they are two hours and a second apart', -10, 7191, 'after iat'],
    ['they are in milliseconds', 1_000_000_000_000, 1_000_000_060_000, 'future'],
    ['exp is before iat', 10, 5, 'exp is not after iat'],
    ['they are the same', 0, 0, 'exp is not after iat'],
  ])('it is refused if %s', async (_, iat, exp, reason) => {
    expect(await requestWith({ iat: now() + iat, exp: now() + exp })).toEqual(refusal(reason))
  })

  test.each([
    ['iat is 14 s ahead', 14, 60],
    ['iat was 73 s ago', -73, 60],
    ['exp was 13 s ago', -30, -13],
    ['they are 4,388 s apart, as in the example of the page', 0, 4388],
    ['they are two hours apart', -10, 7190],
  ])('it is accepted if %s', async (_, iat, exp) => {
    expect(await requestWith({ iat: now() + iat, exp: now() + exp })).toMatchObject({ status: 200 })
  })

  describe('an assertion works one time', () => {
    test('a second use is refused, and so is another assertion with its jti', async () => {
      const claims = goodClaims()
      const assertion = await sign(claims)
      expect(await request(assertion)).toMatchObject({ status: 200 })
      expect(await request(assertion)).toEqual(refusal('jti was used'))
      expect(await requestWith({ jti: claims.jti })).toEqual(refusal('jti was used'))
    })

    test('of two uses at the same time, one is refused', async () => {
      const assertion = await sign(goodClaims())
      const answers = await Promise.all([request(assertion), request(assertion)])
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400])
    })

    test('a refused assertion can be used later', async () => {
      const jti = crypto.randomUUID()
      expect(await requestWith({ jti, sub: 'other' })).toMatchObject({ status: 400 })
      expect(await requestWith({ jti })).toMatchObject({ status: 200 })
    })

    test('the same client cannot reuse its jti until it expires, or until the reset', async () => {
      emulator().bouygues.publicKeys.set('other', pem)
      const longLived = { jti: '1', exp: now() + 600 }
      expect(await requestWith(longLived)).toMatchObject({ status: 200 })
      expect(await requestWith({ jti: '1', iss: 'other', sub: 'other' })).toMatchObject({ status: 200 })
      emulator().clock.advance(74_000)
      expect(await requestWith({ jti: '1' })).toEqual(refusal('jti was used'))
      emulator().clock.advance(3000)
      expect(await requestWith({ jti: '1' })).toMatchObject({ status: 200 })
      emulator().bouygues.reset()
      expect(await requestWith({ jti: '1' })).toMatchObject({ status: 200 })
    })
  })

  test.each(['', 'assertion', 'a.b.c', `${encode(goodHeader)}.${encode([])}.`, `${encode(goodHeader)}..`])(
    'a text that is not a JWT is refused: %s',
    async (assertion) => {
      expect(await request(assertion)).toEqual(refusal('not a JWT'))
    },
  )

  test('a refusal contains no part of the assertion', async () => {
    const claims = { iss: 'app-cc-jwt', sub: 'leaked-sub', aud: 'leaked-aud', jti: 'leaked-jti' }
    for (const wrong of [claims, { ...claims, sub: 'app-cc-jwt' }, { ...claims, iss: 'leaked-iss' }]) {
      const assertion = await sign({ ...goodClaims(), ...wrong })
      const text = JSON.stringify(await request(assertion))
      for (const part of ['leaked', ...assertion.split('.')]) expect(text).not.toContain(part)
    }
  })

  test.each([
    ['an additional Authorization header', {}, { Authorization: 'Basic YTpi' }, 'Authorization'],
    ['an additional client_id', { client_id: 'app-cc-jwt' }, {}, 'nothing else'],
    ['an additional scope', { scope: 'a' }, {}, 'nothing else'],
    ['another grant type', { grant_type: 'password' }, {}, 'grant_type'],
    [
      'a space before the assertion type',
      { client_assertion_type: ` ${fieldsWith('').client_assertion_type}` },
      {},
      'client_assertion_type',
    ],
    ['another type of body', {}, { 'Content-Type': 'application/json' }, 'x-www-form-urlencoded'],
  ])('with %s the request is refused', async (_, more, headers, reason) => {
    const fields = { ...fieldsWith(await sign(goodClaims())), ...more }
    const response = await send(endpoint, form(fields, { ...headers }))
    expect({ status: response.status, body: await response.json() }).toEqual(refusal(reason))
  })

  test('with a query the request is refused', async () => {
    const response = await send(`${endpoint}?a=b`, form(fieldsWith(await sign(goodClaims()))))
    expect({ status: response.status, body: await response.json() }).toEqual(refusal('not in the URL'))
  })

  test('without a parameter, with a repeated one, or with another method the request is refused', async () => {
    const fields = fieldsWith(await sign(goodClaims()))
    const answer = async (init: RequestInit) => {
      const response = await send(endpoint, init)
      return { status: response.status, body: await response.json() }
    }
    for (const name of Object.keys(fields)) {
      const { [name as 'grant_type']: _, ...others } = fields
      expect(await answer(form(others))).toEqual(refusal('nothing else'))
      expect(await answer(form(`${new URLSearchParams(fields)}&${name}=`))).toEqual(refusal('Repeated'))
    }
    expect(await answer({ ...form(fields), method: 'PUT' })).toEqual(refusal('POST'))
    expect(await answer({ method: 'GET' })).toMatchObject({ status: 400 })
  })

  describe('its token', () => {
    const call = async (url: string, token: string, init: RequestInit = {}) =>
      (await send(url, { ...bearer(token), ...init })).status
    const getToken = async (): Promise<string> => (await requestWith({})).body.access_token

    test.each([
      ['https://api.bouyguestelecom.fr/echo', 200],
      ['https://open.api.bouyguestelecom.fr/contracts', 200],
      ['https://api.sandbox.bouyguestelecom.fr/ap4/echo', 401],
      ['https://open.api.bouyguestelecom.fr/v1/customer-management/email-addresses/check', 403],
    ])('at %s gets %i', async (url, status) => {
      expect(await call(url, await getToken())).toBe(status)
    })

    test('lists contracts', async () => {
      const response = await send('https://api.bouyguestelecom.fr/contracts', bearer(await getToken()))
      expect(await response.json()).toEqual([{ id: expect.any(String) }, { id: expect.any(String) }])
    })

    test('lives for five minutes, or for the lifetime that is set', async () => {
      const token = await getToken()
      emulator().clock.advance(299_000)
      expect(await call('https://api.bouyguestelecom.fr/echo', token)).toBe(200)
      emulator().clock.advance(1000)
      expect(await call('https://api.bouyguestelecom.fr/echo', token)).toBe(401)
      emulator().bouygues.certificateLifetimeMs = 5000
      expect((await requestWith({})).body).toMatchObject({ expires_in: 5 })
    })
  })
})
