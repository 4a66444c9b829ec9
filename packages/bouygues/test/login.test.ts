import { bearer, revoke, type OwnTokenSource, type Provider, type Token, type TokenSourceOptions } from '@oauthkit/core'
import { createEmulator, signIn, type SignInOptions } from '@oauthkit/emulator'
import ky from 'ky'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  bouygues,
  bouyguesAp4,
  bouyguesLogin,
  bouyguesTokens,
  userLogin,
  type BouyguesLoginOptions,
} from '../src/index.ts'

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const redirectUri = 'https://app.example/callback'
const consumption = 'https://api.bouyguestelecom.fr/customer-management/v1/usage-consumptions/mobile-data'

const emulator = createEmulator()
let asked: string[] = []

/** The emulator, instead of the network. */
const fetch: typeof globalThis.fetch = (input, init) => {
  asked.push(new Request(input, init).url)
  return emulator.fetch(input, init)
}

beforeEach(() => {
  emulator.bouygues.reset()
  Object.assign(emulator.bouygues, { refreshTokens: false, denyLogin: false })
  for (const edit of ['editIdToken', 'editCallback', 'editDiscovery', 'editUserInfo'] as const) {
    emulator.bouygues[edit] = undefined
  }
  emulator.bouygues.clients.set('emulated-client', 'emulated-secret')
  emulator.bouygues.redirectUris.set('emulated-client', [redirectUri])
  asked = []
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const loginTo = (options: Partial<BouyguesLoginOptions> = {}) =>
  bouyguesLogin({ ...credentials, redirectUri, fetch, ...options })

/** Signs the made-up user in. */
async function enter(options: Partial<BouyguesLoginOptions> = {}, how: Omit<SignInOptions, 'fetch'> = {}) {
  const login = loginTo(options)
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url, { fetch: emulator.fetch, ...how })
  return { login, url, ...(await login.finish(callbackUrl, transaction)) }
}

/** Makes the token source of a user, as an application does. */
const tokensOf = (store: Map<string, Token>, options: Partial<TokenSourceOptions> = {}): OwnTokenSource =>
  bouyguesTokens({ ...credentials, grant: userLogin(), store, key: 'user', fetch, ...options })

const call = (source: OwnTokenSource) => ky.create({ fetch, retry: 0 }).extend(bearer(source)).get(consumption)

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a user signs in, and the token has the members that the page shows', async () => {
  const { token, claims } = await enter()
  expect(token).toMatchObject({
    accessToken: expect.stringMatching(/^at-/),
    idToken: expect.stringMatching(/^ey/),
    scope: expect.stringContaining('openid'),
    extra: { refresh_credit: 0 },
  })
  expect(claims).toMatchObject({ iss: bouygues.issuer, aud: 'emulated-client', sub: expect.any(String) })
})

test('no scope is sent, as on the page, unless one is given', async () => {
  expect(new URL((await loginTo().start()).url).searchParams.has('scope')).toBe(false)
  const { url } = await loginTo({ scope: 'openid profile' }).start()
  expect(new URL(url).searchParams.get('scope')).toBe('openid profile')
})

test('the client authenticates by Basic of plain base64, as Bouygues Telecom requires', async () => {
  emulator.bouygues.clients.set('emulated-client', 'p+q%2F:€')
  await expect(enter({ clientSecret: 'p+q%2F:€' })).resolves.toHaveProperty('token')
})

test('user info is requested by POST, and is about the user who signed in', async () => {
  const { login, token, claims } = await enter()
  const { sub, given_name: givenName, family_name: familyName, roles } = await login.userInfo(token)
  expect(sub).toBe(claims?.sub)
  expect([givenName, familyName]).toEqual([expect.any(String), expect.any(String)])
  expect(roles).toEqual(expect.any(Array))
})

test('credentials come from BOUYGUES_CLIENT_ID and BOUYGUES_CLIENT_SECRET', async () => {
  vi.stubEnv('BOUYGUES_CLIENT_ID', 'emulated-client')
  vi.stubEnv('BOUYGUES_CLIENT_SECRET', 'emulated-secret')
  await expect(enter({ clientId: undefined, clientSecret: undefined })).resolves.toHaveProperty('token')
  vi.stubEnv('BOUYGUES_CLIENT_SECRET', undefined)
  expect(() => loginTo({ clientSecret: undefined })).toThrow('BOUYGUES_CLIENT_SECRET is not set')
})

test("production's metadata is fetched once; staging needs no metadata", async () => {
  const login = loginTo()
  await login.start()
  await login.start()
  expect(asked).toEqual(['https://oauth2.bouyguestelecom.fr/.well-known/openid-configuration'])
  asked = []
  await enter({ provider: bouyguesAp4 })
  expect(asked).toEqual([bouyguesAp4.tokenEndpoint, bouyguesAp4.jwksUri])
})

test('a sandbox that keeps an endpoint of production sends no user there', async () => {
  const { issuer, tokenEndpoint, jwksUri, authorizationEndpoint } = bouyguesAp4
  const others = [
    { issuer, tokenEndpoint, jwksUri },
    { issuer },
    { tokenEndpoint },
    { issuer, authorizationEndpoint },
    { authorizationEndpoint },
  ]
  const start = async (changed: Partial<Provider>) => loginTo({ provider: { ...bouygues, ...changed } }).start()
  const errors = await Promise.all(others.map((changed) => errorOf(start(changed))))
  expect(errors).toEqual(others.map(() => expect.any(TypeError)))
  expect(asked.filter((url) => !url.endsWith('/.well-known/openid-configuration'))).toEqual([])
})

describe("a signed-in user's token", () => {
  test('serves calls, also in a new process and after the client secret is rotated', async () => {
    const store = new Map<string, Token>()
    const { token } = await enter()
    await tokensOf(store).setToken(token)
    expect((await call(tokensOf(store))).status).toBe(200)
    const entries = JSON.parse(JSON.stringify([...store])) as [string, Token][]
    const restarted = new Map(entries)
    expect((await call(tokensOf(restarted))).status).toBe(200)
    emulator.bouygues.clients.set('emulated-client', 'rotated')
    expect((await call(tokensOf(restarted, { clientSecret: 'rotated' }))).status).toBe(200)
    expect(emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiRejections: 0 })
  })

  test('serves no other user, and no call before the sign-in or after the log-out', async () => {
    const store = new Map<string, Token>()
    const source = tokensOf(store)
    expect(await errorOf(call(source))).toMatchObject({ code: 'TOKEN_MISSING' })
    await source.setToken((await enter()).token)
    expect(await errorOf(call(tokensOf(store, { key: 'other' })))).toMatchObject({ code: 'TOKEN_MISSING' })
    await source.clear()
    expect(await errorOf(call(source))).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(store.size).toBe(0)
  })

  test('without a refresh token expires: the user must sign in again', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    const source = tokensOf(new Map())
    await source.setToken((await enter()).token)
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await errorOf(call(source))).toMatchObject({ code: 'TOKEN_MISSING' })
  })

  test('with a refresh token is refreshed for the same user', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    emulator.bouygues.refreshTokens = true
    const source = tokensOf(new Map())
    const { login, token, claims } = await enter()
    await source.setToken(token)
    vi.setSystemTime(Date.now() + 3_600_000)
    expect((await call(source)).status).toBe(200)
    const refreshed = await source.getToken()
    expect(refreshed.accessToken).not.toBe(token.accessToken)
    expect(refreshed.refreshToken).not.toBe(token.refreshToken)
    expect((await login.userInfo(refreshed)).sub).toBe(claims?.sub)
  })

  test('that is refreshed for another user is neither used nor stored', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    emulator.bouygues.refreshTokens = true
    const store = new Map<string, Token>()
    const source = tokensOf(store)
    const { token } = await enter()
    await source.setToken(token)
    emulator.bouygues.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, sub: 'another-user' } })
    vi.setSystemTime(Date.now() + 3_600_000)
    expect(await errorOf(call(source))).toMatchObject({ code: 'TOKEN_MALFORMED' })
    expect([...store.values()]).toMatchObject([{ accessToken: token.accessToken }])
  })

  test('is revoked at the log-out, and the session ends at the URL of Bouygues Telecom', async () => {
    emulator.bouygues.postLogoutRedirectUris.set('emulated-client', ['https://app.example/'])
    const { login, token } = await enter()
    const source = tokensOf(new Map())
    await source.setToken(token)
    await login.revoke(token)
    expect(await errorOf(call(source))).toMatchObject({ code: 'TOKEN_MISSING' })
    const url = new URL(await login.endSessionUrl({ token, postLogoutRedirectUri: 'https://app.example/' }))
    expect(url.origin + url.pathname).toBe('https://www.mon-compte.bouyguestelecom.fr/cas/logout')
    const response = await emulator.fetch(url, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe('https://app.example/')
  })
})

test("staging can also revoke an application's own token", async () => {
  const client: TokenSourceOptions & { provider: Provider } = { ...credentials, provider: bouyguesAp4, fetch }
  const { accessToken: token } = await bouyguesTokens(client).getToken()
  await revoke({ ...client, ...credentials, token })
  const echo = 'https://api.sandbox.bouyguestelecom.fr/ap4/echo'
  const response = await emulator.fetch(echo, { headers: { authorization: `Bearer ${token}` } })
  expect(response.status).toBe(401)
})
