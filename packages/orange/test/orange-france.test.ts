import type { OwnTokenSource, Token } from '@oauthkit/core'
import { testProvider } from '@oauthkit/core/testing'
import { createEmulator, signIn, type SignInOptions } from '@oauthkit/emulator'
import { createLogin, userLogin, type LoginOptions } from '@oauthkit/login'
import ky from 'ky'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { orangeAuth, orangeFrance, orangeTokens, type OrangeOptions } from '../src/index.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const redirectUri = 'https://app.example/callback'
const metadataUrl = 'https://api.orange.com/openidconnect/fr/v1/.well-known/openid-configuration'
const shops = 'https://api.orange.com/poi/v1/shops?postalCode=35000'
const echo = 'https://api.orange.com/userdetails/fr/v2/echo'

let emulator = createEmulator()
let sent: Request[] = []

/** The emulator, instead of the network. */
const fetch: typeof globalThis.fetch = (input, init) => {
  const request = new Request(input, init)
  sent.push(request.clone())
  return emulator.fetch(request)
}

beforeEach(() => {
  emulator = createEmulator()
  emulator.orange.redirectUris.set('emulated-client', [redirectUri])
  sent = []
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

const loginTo = (options: Partial<LoginOptions> = {}) =>
  createLogin({ provider: orangeFrance, ...credentials, redirectUri, fetch, ...options })

/** Signs the made-up user in. */
async function enter(options: Partial<LoginOptions> = {}, how: Omit<SignInOptions, 'fetch'> = {}) {
  const login = loginTo(options)
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url, { fetch: emulator.fetch, ...how })
  return { login, url, ...(await login.finish(callbackUrl, transaction)) }
}

/** Returns the options that an application gives for a user's tokens. */
const forUser = (store: Map<string, Token>, options: OrangeOptions = {}): OrangeOptions => ({
  ...credentials,
  provider: orangeFrance,
  grant: userLogin(),
  store,
  key: 'user',
  fetch,
  ...options,
})

const tokensOf = (store: Map<string, Token>, options?: OrangeOptions): OwnTokenSource =>
  orangeTokens(forUser(store, options))

/** Signs a user in, and puts the token in a store. */
async function signedIn() {
  const store = new Map<string, Token>()
  const entered = await enter()
  await tokensOf(store).setToken(entered.token)
  sent = []
  return { store, ...entered }
}

const clientFor = (store: Map<string, Token>) => ky.create({ fetch, retry: 0 }).extend(orangeAuth(forUser(store)))

/** Returns the URL and the `Authorization` of each request. */
const traffic = () => sent.map(({ url, headers }) => [url, headers.get('authorization')])

describe('at the sign-in', () => {
  test('a user signs in, and the token has the members that the pages show', async () => {
    const { token, claims } = await enter({ scope: 'openid form_filling' })
    expect(token).toMatchObject({
      accessToken: expect.stringMatching(/^OFR-/),
      idToken: expect.stringMatching(/^ey/),
      scope: 'openid form_filling',
    })
    expect(claims).toMatchObject({ iss: 'https://openid.orange.fr', aud: 'emulated-client', sub: expect.any(String) })
  })

  test('user info holds only the sub of the user who signed in', async () => {
    const { login, token, claims } = await enter()
    expect(await login.userInfo(token)).toEqual({ sub: claims?.sub })
  })

  test('metadata is fetched once, from discoveryUrl and not from the issuer', async () => {
    const login = loginTo()
    await login.start()
    const { url, transaction } = await login.start()
    await login.finish(await signIn(url, { fetch: emulator.fetch }), transaction)
    const urls = sent.map((request) => request.url)
    expect(urls).toEqual([metadataUrl, orangeFrance.tokenEndpoint, 'https://api.orange.com/openidconnect/fr/v1/jwks'])
    expect(transaction.issuer).toBe('https://openid.orange.fr')
  })

  test('state is always sent, because Orange refuses a sign-in without it', async () => {
    const url = new URL((await loginTo().start()).url)
    expect(url.searchParams.get('state')).toMatch(/^[\w-]{43}$/)
    url.searchParams.delete('state')
    const { searchParams } = new URL(await signIn(url, { fetch: emulator.fetch }))
    expect(searchParams.get('error')).toBe('invalid_request')
  })

  test('the client authenticates by Basic of plain base64', async () => {
    emulator.orange.clients.set('emulated-client', 'p+q%2F:€')
    await enter({ clientSecret: 'p+q%2F:€' })
    const [, request] = sent
    const basic = `Basic ${Buffer.from('emulated-client:p+q%2F:€').toString('base64')}`
    expect([request?.url, request?.headers.get('authorization')]).toEqual([orangeFrance.tokenEndpoint, basic])
    expect(await request?.text()).not.toContain('client_')
  })

  test('a user who refuses is TOKEN_REFUSED with access_denied', async () => {
    expect(await errorOf(enter({}, { deny: true }))).toMatchObject({ code: 'TOKEN_REFUSED', error: 'access_denied' })
  })

  test.each(['https://openid.orange.fr', 'https://openid.orange.fr/'])(
    'the metadata decides whether the issuer ends with a slash, and ID tokens must match it: %s',
    async (issuer) => {
      emulator.orange.editDiscovery = (honest) => ({ ...honest, issuer })
      emulator.orange.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, iss: issuer } })
      expect((await enter()).claims?.iss).toBe(issuer)
      const other = issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`
      emulator.orange.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, iss: other } })
      expect(await errorOf(enter())).toMatchObject({ code: 'TOKEN_MALFORMED', provider: 'orange-france' })
    },
  )

  test('metadata of any other issuer is refused', async () => {
    emulator.orange.editDiscovery = (honest) => ({ ...honest, issuer: 'https://openid.orange.example' })
    expect(await errorOf(loginTo().start())).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })
})

describe("a signed-in user's token", () => {
  test('serves calls, also in a new process', async () => {
    const { store, token } = await signedIn()
    expect((await clientFor(store).get(echo)).status).toBe(200)
    const restarted = new Map(JSON.parse(JSON.stringify([...store])) as [string, Token][])
    expect((await clientFor(restarted).get(echo)).status).toBe(200)
    expect(traffic()).toEqual([
      [echo, `Bearer ${token.accessToken}`],
      [echo, `Bearer ${token.accessToken}`],
    ])
  })

  test('works with the credentials in ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET', async () => {
    vi.stubEnv('ORANGE_CLIENT_ID', 'emulated-client')
    vi.stubEnv('ORANGE_CLIENT_SECRET', 'emulated-secret')
    const { store, token } = await signedIn()
    const source = tokensOf(store, { clientId: undefined, clientSecret: undefined })
    expect((await source.getToken()).accessToken).toBe(token.accessToken)
    vi.stubEnv('ORANGE_CLIENT_SECRET', undefined)
    expect(() => tokensOf(store, { clientId: undefined, clientSecret: undefined })).toThrow('ORANGE_CLIENT_SECRET')
  })

  test('serves no other user, and no call before the sign-in or after the log-out', async () => {
    const { store } = await signedIn()
    expect(await errorOf(tokensOf(store, { key: 'other' }).getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(await errorOf(clientFor(new Map()).get(echo))).toMatchObject({ code: 'TOKEN_MISSING' })
    await tokensOf(store).clear()
    expect(await errorOf(clientFor(store).get(echo))).toMatchObject({ code: 'TOKEN_MISSING' })
    expect([store.size, sent]).toEqual([0, []])
  })

  test.each(['one order', 'the other order'])(
    'and the machine token go to their own APIs on one client, in %s',
    async (order) => {
      const { store, token } = await signedIn()
      const machine = orangeTokens({ ...credentials, store, fetch })
      const { accessToken } = await machine.getToken()
      sent = []
      const both = [orangeAuth({ ...credentials, store, fetch }), orangeAuth(forUser(store))]
      const [first = {}, second = {}] = order === 'one order' ? both : both.toReversed()
      const http = ky.create({ fetch, retry: 0 }).extend(first).extend(second)
      const users = ['formfilling/fr/v1/echo', 'userdetails/fr/v2/echo', '3legged/sandbox/fr/v1/echo'].map(
        (path) => `https://api.orange.com/${path}`,
      )
      const userInfo = 'https://api.orange.com/openidconnect/fr/v1/userinfo'
      for (const url of [...users, userInfo, shops]) expect((await http.get(url)).status).toBe(200)
      expect(traffic()).toEqual([
        ...[...users, userInfo].map((url) => [url, `Bearer ${token.accessToken}`]),
        [shops, `Bearer ${accessToken}`],
      ])
    },
  )

  test.each([
    shops,
    'https://api.orange.com/openidconnect/fr/v1/token',
    'https://api.orange.com/camara/playground/api/sim-swap/v1/check',
    'https://api.orange.com/userdetails/fr/v1/echo',
    'https://openid.orange.fr/',
  ])('does not go to %s', async (url) => {
    const { store } = await signedIn()
    await errorOf(clientFor(store).get(url))
    expect(traffic()).toEqual([[url, null]])
  })

  test('without a refresh token expires: the user must sign in again', async () => {
    const { store } = await signedIn()
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await errorOf(clientFor(store).get(echo))).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(sent).toEqual([])
  })

  test('with a refresh token is refreshed after an hour, for the same user', async () => {
    emulator.orange.refreshTokens = true
    const { store, login, token, claims } = await signedIn()
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    vi.setSystemTime(Date.now() + 3_600_000)
    expect((await clientFor(store).get(echo)).status).toBe(200)
    const refreshed = await tokensOf(store).getToken()
    expect(refreshed.accessToken).not.toBe(token.accessToken)
    expect(refreshed.refreshToken).not.toBe(token.refreshToken)
    expect((await login.userInfo(refreshed)).sub).toBe(claims?.sub)
    expect(sent.map(({ url }) => url).slice(0, 2)).toEqual([orangeFrance.tokenEndpoint, echo])
  })

  test('that is refreshed for another user is neither used nor stored', async () => {
    emulator.orange.refreshTokens = true
    const { store, token } = await signedIn()
    emulator.orange.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, sub: 'another-user' } })
    emulator.clock.advance(3_600_000)
    expect(await errorOf(clientFor(store).get(echo))).toMatchObject({ code: 'TOKEN_MALFORMED' })
    expect([...store.values()]).toMatchObject([{ accessToken: token.accessToken }])
  })
})

describe('a rejection whose WWW-Authenticate has no scheme word', () => {
  /** Signs a user in with a token that the APIs call expired, although it has not expired here. */
  async function signedInLongAgo() {
    const entered = await signedIn()
    emulator.clock.advance(3_600_000)
    const response = await emulator.fetch(echo, { headers: { authorization: `Bearer ${entered.token.accessToken}` } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'error="invalid_token"'])
    return entered
  }

  test('renews the token and sends the call again, if there is a refresh token', async () => {
    emulator.orange.refreshTokens = true
    const { store, token } = await signedInLongAgo()
    expect((await clientFor(store).post(echo, { json: { name: 'Zoé' } })).status).toBe(200)
    const renewed = await tokensOf(store).getToken()
    expect(renewed.accessToken).not.toBe(token.accessToken)
    expect(traffic()).toEqual([
      [echo, `Bearer ${token.accessToken}`],
      [orangeFrance.tokenEndpoint, `Basic ${btoa('emulated-client:emulated-secret')}`],
      [echo, `Bearer ${renewed.accessToken}`],
    ])
  })

  test('is TOKEN_MISSING without a refresh token: the user must sign in again', async () => {
    const { store } = await signedInLongAgo()
    const error = await errorOf(clientFor(store).get(echo))
    expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MISSING', provider: 'orange-france' })
    expect(sent).toHaveLength(1)
  })

  test('is an OAuthError at user info', async () => {
    const { login, token } = await signedInLongAgo()
    expect(await errorOf(login.userInfo(token))).toMatchObject({
      code: 'TOKEN_REFUSED',
      status: 401,
      error: 'invalid_token',
    })
  })
})

describe('an endpoint that no page names', () => {
  test('is a TypeError at the revocation, and nothing is sent', async () => {
    const { login, token } = await enter()
    sent = []
    const error = await errorOf(login.revoke(token))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', expect.stringMatching(/orange-france: .*revocationEndpoint/))
    expect(sent).toEqual([])
  })

  test('is a TypeError at the end of a session', async () => {
    const { login, token } = await enter()
    const error = await errorOf(login.endSessionUrl({ token }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', 'orange-france: endSessionEndpoint is missing')
  })
})

const answer = { access_token: 'OFR-9d0c', token_type: 'Bearer', expires_in: 3600, scope: 'openid' }
const refusal = (challenge: string, status = 401) =>
  new Response(null, { status, headers: { 'www-authenticate': challenge } })

testProvider(test, orangeFrance, {
  samples: {
    tokens: [() => Response.json(answer), () => Response.json({ ...answer, expires_in: '3600' })],
    rejections: [
      { response: () => refusal('error="invalid_token"'), isRejected: true },
      { response: () => refusal('error="invalid_token", error_description="Expired"'), isRejected: true },
      {
        response: () => Response.json({ code: 42, message: 'Expired credentials' }, { status: 401 }),
        isRejected: true,
      },
      { response: () => refusal('error="insufficient_scope"'), isRejected: false },
      { response: () => Response.json({ error: 'insufficient_scope' }, { status: 403 }), isRejected: false },
    ],
  },
})
