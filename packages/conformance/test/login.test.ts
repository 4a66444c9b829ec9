import { bearer, tokensBy, type Provider, type Token, type TokenStore } from '@oauthkit/core'
import { requestToken } from '@oauthkit/core/plugin'
import { userLogin } from '@oauthkit/login'
import { base64url, decodeJwt } from 'jose'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { startLoginSite, type LoginSite } from './login-site.ts'
import { withForm, withHeader, withKey, withNothing } from './openid-clients.ts'
import type { Granted } from './openid.ts'
import { passSeconds } from './pass-seconds.ts'

const discoveryPath = 'GET /.well-known/openid-configuration'

/** Returns the status of the API's response to a token. */
const statusOf = async (api: string, { accessToken }: Token) =>
  (await fetch(api, { headers: { authorization: `Bearer ${accessToken}` } })).status

/** Makes a fetch that changes the responses from a path. */
const forging =
  (path: string, forge: (text: string) => string): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init)
    if (new URL(response.url).pathname !== path) return response
    return new Response(forge(await response.text()), response)
  }

/** Changes the claims of a JWT, and keeps its old signature. */
function withClaims(jwt: string, claims: Record<string, unknown>): string {
  const [header = '', , signature = ''] = jwt.split('.')
  const payload = new TextEncoder().encode(JSON.stringify({ ...decodeJwt(jwt), ...claims }))
  return [header, base64url.encode(payload), signature].join('.')
}

/** Makes a fetch that changes the claims of ID tokens. */
const forgingIdToken = (claims: Record<string, unknown>) =>
  forging('/token', (text) => text.replace(/(?<="id_token":")[^"]+/, (idToken) => withClaims(idToken, claims)))

/** Makes a database that several processes share. Each process opens its own store object on it. */
function createDatabase() {
  const contents = new Map<string, string>()
  let queue: Promise<unknown> = Promise.resolve()
  const open = (hasLock = true): TokenStore => ({
    get: (key) => JSON.parse(contents.get(key) ?? 'null'),
    set: (key, token) => contents.set(key, JSON.stringify(token)),
    delete: (key) => contents.delete(key),
    ...(hasLock && { lock }),
  })
  const lock: NonNullable<TokenStore['lock']> = (_key, work) => {
    const turn = queue.then(() => work({ signal: new AbortController().signal }))
    queue = turn.catch(() => {})
    return turn
  }
  return { contents, open }
}

/** Returns a provider with all its metadata as data, so that it need not be looked up. */
async function staticOf({ options }: LoginSite): Promise<Provider> {
  const response = await fetch(`${options.provider.issuer}/.well-known/openid-configuration`)
  const metadata = (await response.json()) as Record<string, string>
  return {
    ...options.provider,
    authorizationEndpoint: metadata['authorization_endpoint'],
    userinfoEndpoint: metadata['userinfo_endpoint'],
    endSessionEndpoint: metadata['end_session_endpoint'],
    jwksUri: metadata['jwks_uri'],
    idTokenSigningAlgorithms: ['ES256'],
  }
}

describe('a user who signs in', () => {
  test.each([
    ['its secret in the header', () => withHeader()],
    ['its secret in the form', () => withForm()],
    ['an assertion', () => withKey('ES256')],
    ['nothing but PKCE', () => withNothing()],
  ])('is known to the app, and the API accepts the token (the client authenticates with %s)', async (_way, make) => {
    const { options, api, loginWith, sourceWith, signIn } = await startLoginSite(await make())
    const login = loginWith()
    const { token, claims } = await signIn(login)
    expect(token).toMatchObject({ scope: 'openid profile offline_access', refreshToken: expect.any(String) })
    expect(claims).toMatchObject({ iss: options.provider.issuer, aud: options.clientId, sub: 'ada' })
    const source = sourceWith()
    await source.setToken(token)
    const granted = { clientId: options.clientId, scope: token.scope, user: 'ada' }
    expect(await ky.extend(bearer(source)).get(api).json<Granted>()).toEqual(granted)
    expect(await login.userInfo(token)).toEqual({ sub: claims.sub, name: 'Ada Lovelace', given_name: 'Ada' })
    passSeconds(3601)
    const renewed = await source.getToken()
    expect(renewed.accessToken).not.toBe(token.accessToken)
    expect(renewed.refreshToken).not.toBe(token.refreshToken)
    expect(await statusOf(api, renewed)).toBe(200)
    expect(await login.userInfo(renewed)).toMatchObject({ sub: claims.sub })
    await login.revoke(renewed)
    expect(await statusOf(api, renewed)).toBe(401)
  })

  test('is signed in, renewed and signed out with assertions that each name the endpoint that receives it', async () => {
    const { options, loginWith, sourceWith, signIn } = await startLoginSite(await withKey('ES256'))
    const { tokenEndpoint, revocationEndpoint } = options.provider
    const named: unknown[] = []
    const record: typeof fetch = (input, init) => {
      const assertion = new URLSearchParams(init?.body as string).get('client_assertion')
      if (assertion) named.push([input, decodeJwt(assertion).aud])
      return fetch(input, init)
    }
    const login = loginWith({ fetch: record })
    const { token } = await signIn(login)
    const source = sourceWith({ fetch: record })
    await source.setToken(token)
    passSeconds(3601)
    await login.revoke(await source.getToken())
    // The sign-out revokes the refresh token and the access token.
    const asked = [tokenEndpoint, tokenEndpoint, revocationEndpoint, revocationEndpoint]
    expect(named).toEqual(asked.map((url) => [url, url]))
  })

  test.each(['GET', 'POST'] as const)('is described by the userinfo endpoint: %s', async (userinfoMethod) => {
    const { options, control, loginWith, signIn } = await startLoginSite()
    const login = loginWith({ provider: { ...options.provider, userinfoMethod } })
    const { token, claims } = await signIn(login, {}, { user: 'zoe' })
    expect(await login.userInfo(token)).toEqual({ sub: claims.sub, name: 'Zoé Léger', given_name: 'Zoé' })
    expect(await control('requestsFor', `${userinfoMethod} /me`)).toBe(1)
  })

  // Workerd warns each time, because of the way that the OpenID Connect library reads such a response.
  test('is described by a signed response, and its signature is checked', async () => {
    const { metadata, options } = withHeader()
    const signed = { options, metadata: { ...metadata, userinfo_signed_response_alg: 'ES256' as const } }
    const { loginWith, signIn, refusalOf } = await startLoginSite(signed)
    const { token } = await signIn(loginWith())
    expect(await loginWith().userInfo(token)).toMatchObject({ sub: 'ada', name: 'Ada Lovelace' })
    const forged = loginWith({ fetch: forging('/me', (text) => withClaims(text, { name: 'Eve' })) }).userInfo(token)
    expect(await refusalOf(forged)).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test.each([
    ['names another user', { sub: 'zoe' }],
    ['has expired', { exp: 1 }],
    ['is for another app', { aud: 'another' }],
    ['was issued to another app', { azp: 'another' }],
    ['is from another provider', { iss: 'https://another.example' }],
  ])('is not let in by a forged ID token that %s', async (_what, claims) => {
    const { loginWith, signIn, refusalOf } = await startLoginSite()
    expect(await refusalOf(signIn(loginWith({ fetch: forgingIdToken(claims) })))).toMatchObject({
      code: 'TOKEN_MALFORMED',
    })
  })

  test.each([-25, 25])('is known to an app whose clock is off by %i seconds', async (seconds) => {
    const { loginWith, signIn } = await startLoginSite()
    passSeconds(seconds)
    expect((await signIn(loginWith())).claims.sub).toBe('ada')
  })

  test.each([
    ['an hour late', 3700],
    ['minutes early', -300],
  ])('is not let in by an app whose clock is %s', async (_what, seconds) => {
    const { loginWith, comeBack, refusalOf } = await startLoginSite()
    const login = loginWith()
    const comingBack = await comeBack(login)
    passSeconds(seconds)
    expect(await refusalOf(login.finish(...comingBack))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test('is not mistaken for another user whose access token was mixed in', async () => {
    const { loginWith, signIn, refusalOf } = await startLoginSite()
    const login = loginWith()
    const ada = await signIn(login)
    const zoe = await signIn(login, { parameters: { prompt: 'login' } }, { user: 'zoe' })
    expect(zoe.claims.sub).toBe('zoe')
    const mixed = { ...ada.token, accessToken: zoe.token.accessToken }
    expect(await refusalOf(login.userInfo(mixed))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test('can be named in advance, by the login_hint that the app sends', async () => {
    const { loginWith, signIn } = await startLoginSite()
    const { claims } = await signIn(loginWith(), { parameters: { login_hint: 'zoe' } })
    expect(claims.sub).toBe('zoe')
  })
})

describe('the metadata', () => {
  test('is looked up once, if only the issuer is given', async () => {
    const { control, loginWith, signIn } = await startLoginSite()
    const login = loginWith()
    expect(await control('requestsFor', discoveryPath)).toBe(0)
    await signIn(login)
    const { token } = await signIn(login)
    await login.userInfo(token)
    await login.endSessionUrl({ token })
    expect(await control('requestsFor', discoveryPath)).toBe(1)
    expect(await control('requestsFor', 'GET /jwks')).toBe(1)
  })

  test('is not looked up if all endpoints are given', async () => {
    const site = await startLoginSite()
    const { control, loginWith, signIn, api } = site
    const login = loginWith({ provider: await staticOf(site) })
    const before = await control('requestsFor', discoveryPath)
    const { token } = await signIn(login)
    expect(await login.userInfo(token)).toMatchObject({ sub: 'ada' })
    expect(await login.endSessionUrl({ token })).toContain('/session/end?')
    await login.revoke(token)
    expect(await statusOf(api, token)).toBe(401)
    expect(await control('requestsFor', discoveryPath)).toBe(before)
  })

  test('must name the algorithm that signs ID tokens, if it is not RS256', async () => {
    const site = await startLoginSite()
    const { loginWith, signIn, refusalOf } = site
    const provider = { ...(await staticOf(site)), idTokenSigningAlgorithms: undefined }
    expect(await refusalOf(signIn(loginWith({ provider })))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test('of another issuer is refused', async () => {
    const { options, loginWith, refusalOf } = await startLoginSite()
    const foreign = await startLoginSite()
    const discoveryUrl = `${foreign.options.provider.issuer}/.well-known/openid-configuration`
    const login = loginWith({ provider: { ...options.provider, discoveryUrl } })
    expect(await refusalOf(login.start())).toMatchObject({ code: 'TOKEN_MALFORMED', provider: 'openid' })
  })

  test('can name a new key less than a minute after the first look-up', async () => {
    const { control, loginWith, signIn } = await startLoginSite()
    const login = loginWith()
    const first = await signIn(login)
    await control('rotateKeys')
    const second = await signIn(login)
    const keyOf = ({ token }: { token: Token }) => token.idToken?.split('.')[0]
    expect(keyOf(second)).not.toBe(keyOf(first))
    expect(second.claims.sub).toBe(first.claims.sub)
  })
})

describe('a refresh token', () => {
  test('renews the login of the same user, and is rotated', async () => {
    const { control, loginWith, sourceWith, signIn } = await startLoginSite()
    const login = loginWith()
    const { token, claims } = await signIn(login)
    const source = sourceWith()
    await source.setToken(token)
    const seen = new Set([token.refreshToken])
    for (let round = 1; round <= 3; round += 1) {
      passSeconds(3601)
      // oxlint-disable no-await-in-loop -- one after the other
      const renewed = await source.getToken()
      expect(await login.userInfo(renewed)).toMatchObject({ sub: claims.sub })
      // oxlint-enable no-await-in-loop
      seen.add(renewed.refreshToken)
    }
    expect(seen.size).toBe(4)
    expect(await control('counters')).toMatchObject({ tokenRequests: 4 })
  })

  test('that is used a second time ends the login, and the next renewal reports this', async () => {
    const { options, api, loginWith, sourceWith, signIn, refusalOf } = await startLoginSite()
    const { token } = await signIn(loginWith())
    const source = sourceWith()
    await source.setToken(token)
    passSeconds(3601)
    const renewed = await source.getToken()
    const parameters = { grant_type: 'refresh_token', refresh_token: token.refreshToken }
    const stolen = requestToken({ ...options, parameters })
    expect(await refusalOf(stolen)).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_grant' })
    expect(await statusOf(api, renewed)).toBe(401)
    const late = source.getToken({ rejected: renewed.accessToken })
    expect(await refusalOf(late)).toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
  })

  test('does not renew the login if the response contains an ID token of another user', async () => {
    const { loginWith, sourceWith, signIn, refusalOf } = await startLoginSite()
    const { token } = await signIn(loginWith())
    const store = new Map<string, unknown>()
    const source = sourceWith({ store, key: 'ada', fetch: forgingIdToken({ sub: 'zoe' }) })
    await source.setToken(token)
    passSeconds(3601)
    expect(await refusalOf(source.getToken())).toMatchObject({ code: 'TOKEN_MALFORMED' })
    expect([...store.values()]).toEqual([token])
  })

  test('ends the login if the response to it was lost, and the next sign-in starts a new login', async () => {
    const { api, control, loginWith, sourceWith, signIn, refusalOf } = await startLoginSite()
    const login = loginWith()
    const source = sourceWith()
    await source.setToken((await signIn(login)).token)
    passSeconds(3601)
    await control('loseAnswers', 1)
    expect(await refusalOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 503 })
    passSeconds(1)
    expect(await refusalOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
    await source.setToken((await signIn(login)).token)
    expect(await ky.extend(bearer(source)).get(api).json<Granted>()).toMatchObject({ user: 'ada' })
  })

  test.each([
    ['at the same time, with a lock', true],
    ['in turn, without a lock', false],
  ])('is rotated 50 times by two processes %s, and the login is not lost', async (_how, isAtOnce) => {
    const { api, control, loginWith, sourceWith, signIn } = await startLoginSite()
    const { token, claims } = await signIn(loginWith())
    const database = createDatabase()
    const sourceOf = () => sourceWith({ store: database.open(isAtOnce), key: claims.sub })
    const [first, second] = [sourceOf(), sourceOf()]
    await first.setToken(token)
    for (let round = 1; round <= 50; round += 1) {
      passSeconds(3601)
      // oxlint-disable no-await-in-loop -- one round after the other
      const one = isAtOnce ? first.getToken() : await first.getToken()
      expect((await second.getToken()).accessToken).toBe((await one).accessToken)
      // oxlint-enable no-await-in-loop
    }
    expect(await statusOf(api, await second.getToken())).toBe(200)
    expect(await control('counters')).toMatchObject({ tokenRequests: 51 })
  })
})

describe('a login in a store', () => {
  test('survives a restart and a new client secret, and ends when the user logs out', async () => {
    const { api, loginWith, sourceWith, signIn, refusalOf } = await startLoginSite()
    const { token, claims } = await signIn(loginWith())
    const database = createDatabase()
    const sourceOf = (more = {}) => sourceWith({ store: database.open(), key: claims.sub, ...more })
    await sourceOf().setToken(token)
    expect(await ky.extend(bearer(sourceOf())).get(api).json<Granted>()).toMatchObject({ user: 'ada' })
    const later = sourceOf({ clientSecret: 'new-secret' })
    expect(await later.getToken()).toMatchObject({ accessToken: token.accessToken })
    await expect(sourceWith({ store: database.open(), key: 'zoe' }).getToken()).rejects.toThrow('sign in again')
    await later.clear()
    expect(database.contents.size).toBe(0)
    for (const source of [later, sourceOf()]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await refusalOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING', provider: 'openid' })
    }
  })
})

describe('two users', () => {
  test('of one client and one store each get their own tokens', async () => {
    const { api, loginWith, sourceWith, signIn } = await startLoginSite()
    const login = loginWith()
    const store = new Map<string, unknown>()
    const sources = tokensBy((key) => sourceWith({ store, key }))
    const client = ky.extend(bearer(({ context }) => sources(String(context['user']))))
    for (const user of ['ada', 'zoe']) {
      // oxlint-disable no-await-in-loop -- one browser, in which one signs in after the other
      const { token, claims } = await signIn(login, { parameters: { prompt: 'login consent' } }, { user })
      await sources(claims.sub).setToken(token)
      // oxlint-enable no-await-in-loop
    }
    passSeconds(3601)
    const whose = async (user: string) => (await client.get(api, { context: { user } }).json<Granted>()).user
    expect(await Promise.all(['ada', 'zoe', 'ada'].map(whose))).toEqual(['ada', 'zoe', 'ada'])
    expect(store.size).toBe(2)
  })
})

describe('a user who signs out', () => {
  test('has no valid tokens any more', async () => {
    const { api, control, loginWith, sourceWith, signIn, refusalOf } = await startLoginSite()
    const login = loginWith()
    const { token } = await signIn(login)
    const source = sourceWith()
    await source.setToken(token)
    await login.revoke(token)
    expect(await control('requestsFor', 'POST /token/revocation')).toBe(2)
    // A token that the provider does not know counts as revoked.
    await login.revoke(token)
    expect(await statusOf(api, token)).toBe(401)
    expect(await refusalOf(login.userInfo(token))).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_token' })
    const renewal = source.getToken({ rejected: token.accessToken })
    expect(await refusalOf(renewal)).toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
  })

  test('is sent back to the app, and has no session at the provider any more', async () => {
    const { signedOut, control, loginWith, signIn, refusalOf } = await startLoginSite()
    const login = loginWith()
    const silently = { parameters: { prompt: 'none' } }
    const { token } = await signIn(login)
    expect((await signIn(login, silently)).claims.sub).toBe('ada')
    const url = await login.endSessionUrl({ token, postLogoutRedirectUri: signedOut, state: 'bye & all' })
    const end = new URL(await control('browse', url))
    expect(end.origin + end.pathname).toBe(signedOut)
    expect(end.searchParams.get('state')).toBe('bye & all')
    expect(await refusalOf(signIn(login, silently))).toMatchObject({ code: 'TOKEN_REFUSED', error: 'login_required' })
  })
})

describe('maxAge', () => {
  test('makes the provider report when the user signed in', async () => {
    const { loginWith, signIn } = await startLoginSite()
    const before = Math.floor(Date.now() / 1000)
    const { claims } = await signIn(loginWith(), { maxAge: 60 })
    expect(claims.auth_time).toBeGreaterThanOrEqual(before)
  })

  test('is checked when the user comes back, not only by the provider', async () => {
    const { loginWith, comeBack, refusalOf } = await startLoginSite()
    const login = loginWith()
    const comingBack = await comeBack(login, { maxAge: 60 })
    passSeconds(100)
    expect(await refusalOf(login.finish(...comingBack))).toMatchObject({ code: 'TOKEN_MISSING' })
  })
})

describe('a callback', () => {
  test('of a user who said no is refused, and the error says so', async () => {
    const { loginWith, signIn, refusalOf, control } = await startLoginSite()
    expect(await refusalOf(signIn(loginWith(), {}, { deny: true }))).toMatchObject({
      code: 'TOKEN_REFUSED',
      error: 'access_denied',
      errorDescription: 'the user said no',
    })
    expect(await control('counters')).toMatchObject({ tokenRequests: 0 })
  })

  test.each([
    ['has no state', (url: URL) => url.searchParams.delete('state'), 'TOKEN_MISSING'],
    ['has another state', (url: URL) => url.searchParams.set('state', 'another'), 'TOKEN_MISSING'],
    ['has two states', (url: URL) => url.searchParams.append('state', 'another'), 'TOKEN_MISSING'],
    ['names another issuer', (url: URL) => url.searchParams.set('iss', 'https://another.example'), 'TOKEN_MALFORMED'],
    ['names no issuer, although it must', (url: URL) => url.searchParams.delete('iss'), 'TOKEN_MALFORMED'],
    ['has no code', (url: URL) => url.searchParams.delete('code'), 'TOKEN_MALFORMED'],
    ['has two codes', (url: URL) => url.searchParams.append('code', 'another'), 'TOKEN_MALFORMED'],
  ])('is refused before anything is sent, if it %s', async (_what, change, code) => {
    const { loginWith, comeBack, refusalOf, control } = await startLoginSite()
    const login = loginWith()
    const [callbackUrl, transaction] = await comeBack(login)
    const changed = new URL(callbackUrl)
    change(changed)
    expect(await refusalOf(login.finish(changed, transaction))).toMatchObject({ code, provider: 'openid' })
    expect(await control('counters')).toMatchObject({ tokenRequests: 0 })
    // The callback that the provider sent still works. An attacker cannot use it up with a changed one.
    expect(await login.finish(callbackUrl, transaction)).toMatchObject({ claims: { sub: 'ada' } })
  })

  test('is refused when it is used a second time, and ends the login that it started', async () => {
    const { api, loginWith, sourceWith, comeBack, refusalOf } = await startLoginSite()
    const login = loginWith()
    const comingBack = await comeBack(login)
    const { token } = await login.finish(...comingBack)
    const again = login.finish(...comingBack)
    expect(await refusalOf(again)).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_grant' })
    expect(await statusOf(api, token)).toBe(401)
    expect(await refusalOf(sourceWith().getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  })

  test('is refused in a session that started no sign-in', async () => {
    const { loginWith, comeBack, refusalOf } = await startLoginSite()
    const login = loginWith()
    const [callbackUrl] = await comeBack(login)
    expect(await refusalOf(login.finish(callbackUrl, undefined))).toMatchObject({ code: 'TOKEN_MISSING' })
  })

  test('is refused with the transaction of another sign-in, or with parts of it', async () => {
    const { loginWith, comeBack, refusalOf } = await startLoginSite()
    const login = loginWith()
    const [first, second, third] = [await comeBack(login), await comeBack(login), await comeBack(login)]
    const { codeVerifier, nonce } = third[1]
    expect(await refusalOf(login.finish(first[0], second[1]))).toMatchObject({ code: 'TOKEN_MISSING' })
    const otherVerifier = { ...first[1], codeVerifier }
    const refused = { code: 'TOKEN_REFUSED', error: 'invalid_grant', status: 400 }
    expect(await refusalOf(login.finish(first[0], otherVerifier))).toMatchObject(refused)
    const otherNonce = { ...second[1], nonce }
    expect(await refusalOf(login.finish(second[0], otherNonce))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test('is refused with the transaction of another provider', async () => {
    const { loginWith, refusalOf, control } = await startLoginSite()
    const other = await startLoginSite()
    const comingBack = await other.comeBack(other.loginWith())
    expect(await refusalOf(loginWith().finish(...comingBack))).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(await control('counters')).toMatchObject({ tokenRequests: 0 })
  })

  test('is refused if it names another issuer, even if the app does not use discovery', async () => {
    const site = await startLoginSite()
    const login = site.loginWith({ provider: await staticOf(site) })
    const [callbackUrl, transaction] = await site.comeBack(login)
    const changed = callbackUrl.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fanother.example')
    expect(changed).not.toBe(callbackUrl)
    expect(await site.refusalOf(login.finish(changed, transaction))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  })

  test('is refused after the response to its code was lost, and the user can sign in again', async () => {
    const { control, loginWith, comeBack, signIn, refusalOf } = await startLoginSite()
    const login = loginWith()
    const comingBack = await comeBack(login)
    await control('loseAnswers', 1)
    expect(await refusalOf(login.finish(...comingBack))).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 503 })
    expect(await refusalOf(login.finish(...comingBack))).toMatchObject({
      code: 'TOKEN_REFUSED',
      error: 'invalid_grant',
    })
    expect(await signIn(login)).toMatchObject({ claims: { sub: 'ada' } })
  })

  test('is refused if the client has another secret', async () => {
    const { loginWith, comeBack, refusalOf } = await startLoginSite()
    const comingBack = await comeBack(loginWith())
    const refused = { code: 'TOKEN_REFUSED', error: 'invalid_client', status: 401 }
    const login = loginWith({ clientSecret: 'another-secret' })
    expect(await refusalOf(login.finish(...comingBack))).toMatchObject(refused)
  })
})

test('userLogin() requests no token by itself', async () => {
  const { sourceWith, refusalOf, control } = await startLoginSite()
  const source = sourceWith({ grant: userLogin() })
  expect(await refusalOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING', provider: 'openid' })
  expect(await control('counters')).toMatchObject({ tokenRequests: 0 })
})
