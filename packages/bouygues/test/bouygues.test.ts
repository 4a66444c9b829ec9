import type { Provider, TokenEvent } from '@oauthkit/core'
import { testProvider } from '@oauthkit/core/testing'
import { createEmulator } from '@oauthkit/emulator'
import { privateKeyJwt } from '@oauthkit/private-key-jwt'
import { decodeJwt, decodeProtectedHeader, exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import ky from 'ky'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  appCertificate,
  appCredentials,
  bouygues,
  bouyguesAp4,
  bouyguesAuth,
  bouyguesEntreprises,
  bouyguesEntreprisesRealm,
  bouyguesTokens,
  type AppCertificateOptions,
  type BouyguesOptions,
} from '../src/index.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const check = 'https://open.api.bouyguestelecom.fr/v1/customer-management/email-addresses/check'
const echo = 'https://open.api.bouyguestelecom.fr/echo'
const json = { emailAddress: 'someone@example.com' }
const realm = 'https://mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise'

const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
const pem = await exportPKCS8(privateKey)
const jwk = await exportJWK(privateKey)
const publicPem = await exportSPKI(publicKey)
const ecJwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)

let emulator = createEmulator()

beforeEach(() => {
  emulator = createEmulator()
  emulator.bouygues.publicKeys.set('app', publicPem)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** Makes a ky for Bouygues Telecom's APIs, with the emulator instead of the network. */
function client(options: BouyguesOptions = credentials) {
  const { fetch } = emulator
  return ky.create({ fetch, retry: 0 }).extend(bouyguesAuth({ fetch, ...options }))
}

/** Makes such a ky with a certificate. */
const certified = (options: AppCertificateOptions = {}) =>
  client({ grant: appCertificate({ clientId: 'app', privateKey: pem, ...options }) })

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Asks for a token and returns the request as it was sent. */
async function tokenRequestOf(options: BouyguesOptions) {
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    return emulator.fetch(request.clone())
  }
  const token = await bouyguesTokens({ ...options, fetch }).getToken()
  const [request = new Request('')] = requests
  const form = new URLSearchParams(await request.text())
  return { token, url: request.url, headers: request.headers, form: Object.fromEntries(form), names: [...form.keys()] }
}

describe('app credentials', () => {
  test('the first call gets a token, and all further calls share it', async () => {
    const http = client()
    expect(await http.post(check, { json }).json()).toMatchObject({ validEmailAddress: true })
    await Promise.all(Array.from({ length: 20 }, () => http.post(check, { json })))
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiCalls: 21, apiRejections: 0 })
  })

  test('the token request has Basic of plain base64 of id:secret, and only the grant in the form', async () => {
    emulator.bouygues.clients.set('odd id', 'p+q%2F:€')
    const { url, headers, form } = await tokenRequestOf({ clientId: 'odd id', clientSecret: 'p+q%2F:€' })
    expect(url).toBe('https://oauth2.bouyguestelecom.fr/token')
    expect(headers.get('authorization')).toBe(`Basic ${Buffer.from('odd id:p+q%2F:€').toString('base64')}`)
    expect(headers.get('content-type')).toBe('application/x-www-form-urlencoded')
    expect(form).toEqual({ grant_type: 'client_credentials' })
  })

  test('are the default grant, and can also be given', async () => {
    const named = await tokenRequestOf({ ...credentials, grant: appCredentials() })
    expect(named.form).toEqual((await tokenRequestOf(credentials)).form)
  })

  test('credentials come from BOUYGUES_CLIENT_ID and BOUYGUES_CLIENT_SECRET', async () => {
    vi.stubEnv('BOUYGUES_CLIENT_ID', 'emulated-client')
    vi.stubEnv('BOUYGUES_CLIENT_SECRET', 'emulated-secret')
    expect((await client({}).post(check, { json })).status).toBe(200)
  })

  test.each(['BOUYGUES_CLIENT_ID', 'BOUYGUES_CLIENT_SECRET'])('without %s a TypeError names it at once', (variable) => {
    vi.stubEnv('BOUYGUES_CLIENT_ID', 'emulated-client')
    vi.stubEnv('BOUYGUES_CLIENT_SECRET', 'emulated-secret')
    vi.stubEnv(variable, undefined)
    expect(() => bouyguesAuth()).toThrow(TypeError)
    expect(() => bouyguesAuth()).toThrow(variable)
  })

  test('a member that the page does not explain is kept in the token', async () => {
    const { token } = await tokenRequestOf(credentials)
    expect(token).toMatchObject({
      accessToken: expect.stringMatching(/^at-[\da-f-]{36}$/),
      scope: expect.stringContaining('PersonneConsult'),
      extra: { refresh_credit: 0 },
    })
    expect(token).not.toHaveProperty('refreshToken')
  })

  test('wrong credentials are TOKEN_REFUSED, and requestId is the id of the error', async () => {
    const error = await errorOf(client({ ...credentials, clientSecret: 'wrong' }).post(check, { json }))
    expect(error).toMatchObject({
      name: 'OAuthError',
      code: 'TOKEN_REFUSED',
      provider: 'bouygues',
      status: 401,
      error: 'invalid_client',
      requestId: expect.stringMatching(/^et-[\da-f-]{36}$/),
    })
    expect(error).not.toHaveProperty('errorDescription')
  })

  test.each([
    ['expired', () => emulator.clock.advance(3_600_000)],
    ['was revoked', () => emulator.bouygues.revoke()],
  ])('a token that %s is renewed, and the call replayed', async (_what, end) => {
    const http = client()
    await http.post(check, { json })
    end()
    expect((await http.post(check, { json })).status).toBe(200)
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 2, apiCalls: 3, apiRejections: 1 })
  })

  test('a 403 is about rights, and does not renew the token', async () => {
    const http = client()
    await http.post(check, { json })
    emulator.bouygues.answerApiCalls(1, { status: 403, body: { error: 'forbidden' } })
    expect(await errorOf(http.post(check, { json }))).toMatchObject({ name: 'HTTPError', response: { status: 403 } })
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1 })
  })
})

describe('an app certificate', () => {
  test('gets a token, and all further calls share it', async () => {
    const http = certified()
    await http.get(echo)
    await http.get(echo)
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2, apiRejections: 0 })
  })

  test('the token request holds exactly the three documented parameters, and no Authorization header', async () => {
    const { url, headers, form, names } = await tokenRequestOf({
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
    })
    expect(url).toBe(`${realm}/protocol/openid-connect/token`)
    expect(names.toSorted()).toEqual(['client_assertion', 'client_assertion_type', 'grant_type'])
    expect(form).toMatchObject({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    expect(headers.has('authorization')).toBe(false)
    expect(headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  })

  test("the assertion's header and claims are the documented ones", async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 })
    const { form } = await tokenRequestOf({ grant: appCertificate({ clientId: 'app', privateKey: pem }) })
    const assertion = form['client_assertion'] ?? ''
    expect(decodeProtectedHeader(assertion)).toEqual({ kid: 'apim-provisioner', alg: 'RS256', use: 'sig', typ: 'JWT' })
    expect(decodeJwt(assertion)).toEqual({
      iss: 'app',
      sub: 'app',
      aud: `${realm}/protocol/openid-connect/token`,
      iat: 1_799_999_970,
      exp: 1_800_000_030,
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
    })
  })

  test.each<[string, AppCertificateOptions, Partial<Provider>, string]>([
    ['the option', { audience: realm }, { assertionAudience: 'https://other.example' }, realm],
    ["the provider's assertionAudience", {}, { assertionAudience: realm }, realm],
  ])('the audience can be the realm, as on another page, by %s', async (_how, options, members, audience) => {
    const { form } = await tokenRequestOf({
      provider: { ...bouyguesEntreprisesRealm, ...members },
      grant: appCertificate({ clientId: 'app', privateKey: pem, ...options }),
    })
    expect(decodeJwt(form['client_assertion'] ?? '').aud).toBe(audience)
  })

  test.each([
    ['PEM', pem],
    ['a JWK', jwk],
    ['a CryptoKey', privateKey],
  ])('the key can be %s', async (_what, key) => {
    await expect(tokenRequestOf({ grant: appCertificate({ clientId: 'app', privateKey: key }) })).resolves.toBeDefined()
  })

  test.each([
    ['PEM', `${pem}\n`],
    ['PEM on one line', pem.replaceAll('\n', String.raw`\n`)],
    ['JSON of a JWK', JSON.stringify(jwk)],
  ])(
    'the key comes from BOUYGUES_PRIVATE_KEY, as %s, and the client id from BOUYGUES_CLIENT_ID',
    async (_what, key) => {
      vi.stubEnv('BOUYGUES_CLIENT_ID', 'app')
      vi.stubEnv('BOUYGUES_CLIENT_SECRET', undefined)
      vi.stubEnv('BOUYGUES_PRIVATE_KEY', key)
      await expect(tokenRequestOf({ grant: appCertificate() })).resolves.toMatchObject({
        url: bouyguesEntreprisesRealm.tokenEndpoint,
      })
    },
  )

  test.each(['BOUYGUES_CLIENT_ID', 'BOUYGUES_PRIVATE_KEY'])('without %s a TypeError names it at once', (variable) => {
    vi.stubEnv('BOUYGUES_CLIENT_ID', 'app')
    vi.stubEnv('BOUYGUES_PRIVATE_KEY', pem)
    vi.stubEnv(variable, undefined)
    expect(() => bouyguesAuth({ grant: appCertificate() })).toThrow(TypeError)
    expect(() => bouyguesAuth({ grant: appCertificate() })).toThrow(`${variable} is not set`)
  })

  test.each([
    ['public', publicPem, 'is a public key'],
    ['in another format', pem.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY'), 'is PKCS#1: convert it'],
    ['not for RS256', ecJwk, 'RSA'],
    ['not a key at all', 'hunter2', 'the private key is neither PEM nor a JWK'],
  ])('a key that is %s is a TypeError at once, which does not show it', (_what, key, message) => {
    const make = () => appCertificate({ clientId: 'app', privateKey: key })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
    expect(make).not.toThrow(/hunter2|[A-Za-z\d+/_-]{40}/)
  })

  test('a key whose public key Bouygues Telecom does not have is TOKEN_REFUSED, with the reason', async () => {
    const other = await exportPKCS8((await generateKeyPair('RS256', { extractable: true })).privateKey)
    expect(await errorOf(certified({ privateKey: other }).post(check, { json }))).toMatchObject({
      code: 'TOKEN_REFUSED',
      provider: 'bouygues-entreprises-realm',
      status: 400,
      error: 'invalid_client',
      errorDescription: expect.stringMatching(/signature/i),
    })
  })

  test.each([
    [
      'with its reason',
      { error_description: 'Invalid client' },
      'Invalid client; the audience of the assertion can be ',
    ],
    ['without a reason', {}, 'the audience of the assertion can be '],
  ])('a refused assertion names both audiences that the documentation has, %s', async (_what, members, start) => {
    const own = Response.json({ error: 'invalid_client', ...members }, { status: 401 })
    const grant = appCertificate({ clientId: 'app', privateKey: pem })
    const source = bouyguesTokens({ grant, fetch: async () => own })
    expect(await errorOf(source.getToken())).toMatchObject({
      code: 'TOKEN_REFUSED',
      errorDescription: `${start}${realm} or ${realm}/protocol/openid-connect/token`,
    })
  })

  test('the members that the realm adds are kept in the token', async () => {
    const { token } = await tokenRequestOf({ grant: appCertificate({ clientId: 'app', privateKey: pem }) })
    expect(token).toMatchObject({
      scope: 'ENT_ContratServicesManage ENT_ContratServicesConsult',
      extra: { refresh_expires_in: 0, 'not-before-policy': 0 },
    })
    expect(token).not.toHaveProperty('refreshToken')
  })

  test('a token of 300 s is renewed in the background before it expires, each time with a new assertion', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 })
    const renewed: TokenEvent[] = []
    const http = client({
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
      onEvent: (event) => void (event.type === 'renewed' && renewed.push(event)),
    })
    await http.get(echo)
    for (let renewals = 1; renewals <= 12; renewals += 1) {
      vi.setSystemTime(Date.now() + 275_000)
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      await http.get(echo)
      // oxlint-disable-next-line no-await-in-loop -- see above
      await vi.waitFor(() => expect(renewed).toHaveLength(1 + renewals), { timeout: 300_000 })
    }
    expect(renewed.slice(1)).toEqual(Array.from({ length: 12 }, () => expect.objectContaining({ reason: 'ageing' })))
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 13, tokensIssued: 13, apiRejections: 0 })
  })

  test.each([-40, -30, 30, 40])('a token request succeeds with a clock that is %i s off', async (seconds) => {
    const now = Date.now()
    const token = bouyguesTokens({
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
      fetch: (input, init) => {
        // The server's clock is right.
        vi.setSystemTime(now)
        return emulator.fetch(input, init)
      },
    })
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: now + seconds * 1000 })
    await expect(token.getToken()).resolves.toBeDefined()
  })

  test('a failed request is tried again with a new assertion', async () => {
    const source = bouyguesTokens({
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
      fetch: emulator.fetch,
    })
    emulator.bouygues.answerTokenRequests(1, { status: 503 })
    await expect(source.getToken()).resolves.toBeDefined()
    expect(emulator.bouygues.counters.tokenRequests).toBe(2)
  })

  test('a client secret is not sent, even if it is given too', async () => {
    const { form, headers } = await tokenRequestOf({
      clientSecret: 'unused-secret',
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
    })
    expect(JSON.stringify([form, ...headers])).not.toContain('unused-secret')
  })

  test('a source for the realm without a certificate is a TypeError at once, which names the grant', () => {
    vi.stubEnv('BOUYGUES_CLIENT_ID', undefined)
    expect(() => bouyguesTokens({ provider: bouyguesEntreprisesRealm })).toThrow(
      new TypeError('the realm accepts only signed assertions: set the option grant to appCertificate()'),
    )
  })

  test.each([140_000, 300_000, 3_600_000])('an assertion of %i ms is accepted', async (lifetimeMs) => {
    await expect(
      tokenRequestOf({ grant: appCertificate({ clientId: 'app', privateKey: pem, lifetimeMs }) }),
    ).resolves.toBeDefined()
  })

  test('with app credentials on one client, in either order, each API gets its token if both name APIs', async () => {
    const { fetch } = emulator
    const contracts = 'https://open.api.bouyguestelecom.fr/contracts'
    const bySecret = bouyguesAuth({ ...credentials, exceptApis: [contracts], fetch })
    const byKey = bouyguesAuth({
      grant: appCertificate({ clientId: 'app', privateKey: pem }),
      apis: [contracts],
      fetch,
    })
    const base = ky.create({ fetch, retry: 0 })
    for (const http of [base.extend(bySecret).extend(byKey), base.extend(byKey).extend(bySecret)]) {
      // oxlint-disable-next-line no-await-in-loop -- only two
      const answers = await Promise.all([http.post(check, { json }), http.get(contracts)])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    }
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 2 })
  })
})

describe('the environments', () => {
  test("staging has its own server and its own tokens, which do not go to production's APIs", async () => {
    const http = client({ ...credentials, provider: bouyguesAp4 })
    await http.post('https://open.api.sandbox.bouyguestelecom.fr/ap4/v1/customer-management/email-addresses/check', {
      json,
    })
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })
    expect(await errorOf(http.post(check, { json }))).toMatchObject({ response: { status: 401 } })
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
  })

  test('production and staging work on one client, in either order', async () => {
    const { fetch } = emulator
    const production = bouyguesAuth({ ...credentials, fetch })
    const staging = bouyguesAuth({ ...credentials, provider: bouyguesAp4, fetch })
    const base = ky.create({ fetch, retry: 0 })
    for (const http of [base.extend(production).extend(staging), base.extend(staging).extend(production)]) {
      // oxlint-disable-next-line no-await-in-loop -- only two
      const answers = await Promise.all([
        http.get('https://api.bouyguestelecom.fr/echo'),
        http.get('https://api.sandbox.bouyguestelecom.fr/ap4/echo'),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    }
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 2, apiRejections: 0 })
  })

  test('the portal for companies without apis is a TypeError', () => {
    expect(() => bouyguesAuth({ ...credentials, provider: bouyguesEntreprises })).toThrow(
      new TypeError('bouygues-entreprises: apis is empty: name the URLs of the APIs that the tokens may be sent to'),
    )
  })

  test('with apis, the portal for companies works by secret and by certificate', async () => {
    const apis = ['https://open.api.bouyguestelecom.fr/v1/customer-management']
    const bySecret = client({ ...credentials, provider: bouyguesEntreprises, apis })
    expect((await bySecret.post(check, { json })).status).toBe(200)
    const byKey = client({ grant: appCertificate({ clientId: 'app', privateKey: pem }), apis })
    // The API accepts the token, but the token does not permit this call.
    expect(await errorOf(byKey.post(check, { json }))).toMatchObject({ response: { status: 403 } })
    expect(await errorOf(byKey.get(echo))).toMatchObject({
      response: { status: 401 },
    })
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 2 })
  })

  test.each([
    'https://oauth2.bouyguestelecom.fr/userinfo',
    'https://open.api.sandbox.bouyguestelecom.fr/ap4/v1/me',
    'https://open.api.bouyguestelecom.fr.example/v1/me',
  ])("production's token does not go to %s", async (url) => {
    const events: TokenEvent[] = []
    const fetch: typeof globalThis.fetch = async () => Response.json({})
    const onEvent = (event: TokenEvent) => void events.push(event)
    await ky
      .create({ fetch })
      .extend(bouyguesAuth({ ...credentials, fetch, onEvent }))
      .get(url)
    expect(events).toMatchObject([{ type: 'skipped', why: 'elsewhere' }])
  })
})

const secretToken = {
  access_token: 'at-9ebf70bd-1cc6-412d-b1ba-3997f8dcad19',
  expires_in: 3600,
  token_type: 'Bearer',
  refresh_credit: 0,
  scope: 'PersonneConsult',
}

const realmToken = {
  access_token: 'eyJhbGciOiJSUzI1N.eyJpc3MiOiJyZWFsbSJ9.jXVt7AVOWGpkGcm5fIF7Ph8vDeLBuLLYZxdap',
  expires_in: 300,
  refresh_expires_in: 0,
  token_type: 'Bearer',
  'not-before-policy': 0,
  scope: 'ENT_ContratServicesManage ENT_ContratServicesConsult',
}

const rejections = [
  {
    response: () => Response.json({ error: 'invalid_token', error_description: 'Expired' }, { status: 401 }),
    isRejected: true,
  },
  { response: () => Response.json({ error: 'forbidden' }, { status: 403 }), isRejected: false },
]

const samples = { tokens: [() => Response.json(secretToken)], rejections }

for (const provider of [bouygues, bouyguesAp4, bouyguesEntreprises]) testProvider(test, provider, { samples })

// With the client authentication of the grant. Without it, this provider always throws.
testProvider(
  test,
  { ...bouyguesEntreprisesRealm, clientAuth: privateKeyJwt({ key: pem }) },
  { samples: { tokens: [() => Response.json(realmToken)], rejections } },
)
