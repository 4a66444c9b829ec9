import { bouygues, bouyguesAp4 } from '@oauthkit/bouygues'
import { createTokenSource, type Provider, type Token } from '@oauthkit/core'
import { emulated } from '@oauthkit/emulator'
import { createLogin, userLogin, type LoginTransaction } from '@oauthkit/login'
import { expect, test } from 'vitest'
import { wrongCallbacks, wrongHash, wrongIdTokens } from './attack-list.ts'
import { passSeconds } from './pass-seconds.ts'
import { shownBy } from './strings-within.ts'
import { errorOf, startSite } from './support.ts'

const clientId = 'emulated-client'
const clientSecret = 'emulated-secret'
const redirectUri = 'https://app.example/callback'

/** Starts a separate emulated Bouygues Telecom. Returns a login at it, and a function that makes it misbehave. */
async function startLogin({ own = bouyguesAp4, ...options }: { own?: Provider; clientSecret?: string } = {}) {
  const { url: server, control } = await startSite()
  const misbehave = (how: string, body: object) => control('order', `bouygues/${how}`, body)
  await misbehave('redirect-uris', { clientId, redirectUris: [redirectUri] })
  const provider = emulated(own, server)
  const store = new Map<string, Token>()
  const client = { provider, clientId, clientSecret, ...options }
  return {
    store,
    provider,
    /** The user's token source, as an application has it. */
    tokens: createTokenSource({ ...client, grant: userLogin(), store, key: 'user' }),
    login: createLogin({ ...client, redirectUri, scope: '' }),
    misbehave,
    // The hub signs in, because a browser does not show a script where a redirect leads.
    signIn: (url: string, how = {}) => control('signIn', url, how),
  }
}

/** Starts an emulated Bouygues Telecom. Returns the data of its production and of its sandbox. */
async function startEnvironments() {
  const { url } = await startSite()
  const { issuer, ...others } = emulated(bouygues, url)
  const production = { ...others, jwksUri: `${issuer}/jwks.json`, userinfoEndpoint: `${issuer}/userinfo` }
  return { production, sandbox: emulated(bouyguesAp4, url) }
}

/** Expects that an error shows no secret of a sign-in. */
function expectNoSecret(error: unknown, callbackUrl: string, { nonce, codeVerifier, state }: LoginTransaction): void {
  const code = new URL(callbackUrl).searchParams.get('code') ?? 'that there is none'
  for (const secret of [nonce, codeVerifier, state, code, clientSecret, btoa(`${clientId}:${clientSecret}`)]) {
    expect(shownBy(error)).not.toContain(secret)
  }
}

test('a sign-in at an honest server succeeds', async () => {
  const { login, signIn } = await startLogin()
  const { url, transaction } = await login.start()
  const { token, claims } = await login.finish(await signIn(url), transaction)
  expect(await login.userInfo(token)).toMatchObject({ sub: claims?.sub })
})

test('the emulator has more than 15 such attacks', () => {
  expect(wrongIdTokens.length).toBeGreaterThan(15)
})

test.each(wrongIdTokens)('a wrong ID token is refused, and nothing is stored: %s', async (_what, edit) => {
  const { login, tokens, store, misbehave, signIn } = await startLogin()
  await misbehave('edit-id-token', edit)
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url)
  // This is how an application signs a user in.
  const enter = async () => tokens.setToken((await login.finish(callbackUrl, transaction)).token)
  const error = await errorOf(enter())
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED', provider: 'bouygues-ap4' })
  expectNoSecret(error, callbackUrl, transaction)
  expect(store.size).toBe(0)
})

test.each<[string, object]>([
  ...['wrong-sub', 'wrong-iss', 'wrong-aud', 'additional-aud'].map(
    (attack) => [attack, { attack }] as [string, object],
  ),
  ['another at_hash', wrongHash],
])('a wrong ID token in a refresh response is refused, and the stored token stays: %s', async (_what, edit) => {
  const { login, tokens, store, misbehave, signIn } = await startLogin()
  await misbehave('refresh-tokens', { enabled: true })
  const { url, transaction } = await login.start()
  const { token } = await login.finish(await signIn(url), transaction)
  await tokens.setToken(token)
  await misbehave('edit-id-token', edit)
  const error = await errorOf(tokens.getToken({ rejected: token.accessToken }))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED', provider: 'bouygues-ap4' })
  expect([...store.values()]).toEqual([token])
})

test.each(wrongCallbacks)('a callback that %s is refused', async (_what, patch, code) => {
  const { login, misbehave, signIn } = await startLogin()
  await misbehave('edit-callback', patch)
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url)
  const error = await errorOf(login.finish(callbackUrl, transaction))
  expect(error).toMatchObject({ name: 'OAuthError', code })
  expectNoSecret(error, callbackUrl, transaction)
})

test.each<[string, (url: URL) => void]>([
  ['at another path', (url) => (url.pathname = '/callback/of-another-provider')],
  ['at the path of another spelling', (url) => (url.pathname = '/callback/')],
  ['on another host', (url) => (url.hostname = 'another.example')],
])('a callback %s is refused, and its code is not sent', async (_where, move) => {
  const { login, signIn } = await startLogin()
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url)
  const moved = new URL(callbackUrl)
  move(moved)
  const error = await errorOf(login.finish(moved, transaction))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MISSING' })
  expectNoSecret(error, callbackUrl, transaction)
  // Its code was not used up.
  await expect(login.finish(callbackUrl, transaction)).resolves.toHaveProperty('token')
})

test('two logins with a redirect URI each do not finish the sign-ins of the other', async () => {
  const { provider, login, misbehave, signIn } = await startLogin()
  const otherUri = 'https://app.example/other-callback'
  await misbehave('redirect-uris', { clientId, redirectUris: [redirectUri, otherUri] })
  const other = createLogin({ provider, clientId, clientSecret, redirectUri: otherUri, scope: '' })
  const { url, transaction } = await other.start()
  const callbackUrl = await signIn(url)
  const atOwnPath = callbackUrl.replace('/other-callback', '/callback')
  for (const callback of [callbackUrl, atOwnPath]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await errorOf(login.finish(callback, transaction))).toMatchObject({ code: 'TOKEN_MISSING' })
  }
  await expect(other.finish(callbackUrl, transaction)).resolves.toHaveProperty('token')
})

test('a sandbox that keeps an endpoint of production sends no user and no code there', async () => {
  const { production, sandbox } = await startEnvironments()
  const { authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = production
  const login = (own: Partial<Provider>) =>
    createLogin({ provider: { ...sandbox, ...own }, clientId, clientSecret, redirectUri })
  await expect(login({}).start()).resolves.toHaveProperty('url')
  for (const kept of [
    { authorizationEndpoint },
    { tokenEndpoint },
    { jwksUri },
    { authorizationEndpoint, tokenEndpoint, jwksUri },
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await errorOf(login(kept).start())).toBeInstanceOf(TypeError)
  }
  const token = { accessToken: 'token', idToken: `e30.${btoa('{"sub":"u"}')}.` }
  expect(await errorOf(login({ userinfoEndpoint }).userInfo(token))).toBeInstanceOf(TypeError)
})

test('a sign-in that the user denies is refused', async () => {
  const { login, signIn } = await startLogin()
  const { url, transaction } = await login.start()
  const error = await errorOf(login.finish(await signIn(url, { deny: true }), transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'access_denied' })
})

test('the server refuses a callback that is used a second time', async () => {
  const { login, signIn } = await startLogin()
  const { url, transaction } = await login.start()
  const callbackUrl = await signIn(url)
  await login.finish(callbackUrl, transaction)
  const error = await errorOf(login.finish(callbackUrl, transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_grant' })
  expectNoSecret(error, callbackUrl, transaction)
})

test('a stolen code does not work in another sign-in', async () => {
  const { login, signIn } = await startLogin()
  const victim = await login.start()
  const stolen = new URL(await signIn(victim.url)).searchParams.get('code') ?? ''
  const attacker = await login.start()
  const forged = new URL(redirectUri)
  forged.search = new URLSearchParams({ code: stolen, state: attacker.transaction.state }).toString()
  const error = await errorOf(login.finish(forged, attacker.transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_grant' })
})

test('a transaction of another provider is refused', async () => {
  const { login, signIn } = await startLogin()
  const other = await startLogin({ own: bouygues })
  const { url } = await login.start()
  const { transaction } = await other.login.start()
  const error = await errorOf(login.finish(await signIn(url), transaction))
  expect(error).toMatchObject({ code: 'TOKEN_MISSING' })
})

test.each([
  ['behind', -600, /is (599|600|601) s behind the clock of the token endpoint/],
  ['ahead', 7200, /is (7199|7200|7201) s ahead of the clock of the token endpoint/],
])(
  'an honest ID token is refused if the clock of this machine is %s, and the error says so',
  async (_how, off, said) => {
    const { login, signIn } = await startLogin()
    passSeconds(off)
    const { url, transaction } = await login.start()
    const error = await errorOf(login.finish(await signIn(url), transaction))
    expect(error).toMatchObject({ name: 'OAuthError', message: expect.stringMatching(said) })
  },
)

test('a wrong client secret is refused, and the error does not show it', async () => {
  const { login, signIn } = await startLogin({ clientSecret: 'the-wrong-secret' })
  const { url, transaction } = await login.start()
  const error = await errorOf(login.finish(await signIn(url), transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client', status: 401 })
  expect(shownBy(error)).not.toContain('the-wrong-secret')
})

test('metadata that names another issuer is refused before the user is sent anywhere', async () => {
  const { login, misbehave } = await startLogin({ own: bouygues })
  await misbehave('edit-discovery', { issuer: 'https://evil.example' })
  expect(await errorOf(login.start())).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
})

test('user info about another user is refused', async () => {
  const { login, misbehave, signIn } = await startLogin()
  const { url, transaction } = await login.start()
  const { token } = await login.finish(await signIn(url), transaction)
  await misbehave('edit-user-info', { sub: 'another-user' })
  const error = await errorOf(login.userInfo(token))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
  expect(shownBy(error)).not.toContain(token.accessToken)
})

test.each([
  ["the provider's metadata", bouygues],
  ["the package's data", bouyguesAp4],
])('keys that are rotated between two sign-ins are found (%s has their URL)', async (_how, own) => {
  const { login, misbehave, signIn } = await startLogin({ own })
  const enter = async () => {
    const { url, transaction } = await login.start()
    return login.finish(await signIn(url), transaction)
  }
  await expect(enter()).resolves.toHaveProperty('token')
  await misbehave('rotate-keys', {})
  await expect(enter()).resolves.toHaveProperty('token')
})
