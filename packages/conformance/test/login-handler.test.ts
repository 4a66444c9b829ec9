import { bouyguesAp4 } from '@oauthkit/bouygues'
import { createTokenSource, tokensBy, type OwnTokenSource, type Token, type TokenStore } from '@oauthkit/core'
import { emulated } from '@oauthkit/emulator'
import { createLogin, userLogin } from '@oauthkit/login'
import { createLoginHandler, type LoginFailure, type LoginHandlerOptions } from '@oauthkit/login/handler'
import { parseSetCookie } from 'cookie'
import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { openCookieBrowser } from './cookie-browser.ts'
import { passSeconds } from './pass-seconds.ts'
import { errorOf, startSite } from './support.ts'

const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }
const secret = 'a secret of 32 characters or more'
const sameOrigin = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } }

type Own = Partial<LoginHandlerOptions> & { readonly redirectUri?: string }

/** Starts an emulated Bouygues Telecom, and an app whose users sign in there. */
async function startApp({ redirectUri = 'https://app.example/callback', ...own }: Own = {}) {
  const { url: server, control } = await startSite()
  const { origin } = new URL(redirectUri)
  await control('order', 'bouygues/redirect-uris', { clientId: client.clientId, redirectUris: [redirectUri] })
  const provider = emulated(bouyguesAp4, server)
  const store = new Map<string, Token>()
  const tokensOf = tokensBy((key) => createTokenSource({ ...client, provider, grant: userLogin(), store, key }))
  const login = createLogin({ ...client, provider, redirectUri, scope: 'openid' })
  const failures: LoginFailure[] = []
  const warnings: string[] = []
  const options: LoginHandlerOptions = {
    login,
    tokensOf,
    secret,
    onFailure: (failure) => {
      failures.push(failure)
      return new Response(failure.message, { status: failure.status })
    },
    onWarning: (_error, what) => void warnings.push(what),
  }
  const auth = createLoginHandler({ ...options, ...own })
  return {
    auth,
    options,
    login,
    store,
    tokensOf,
    failures,
    warnings,
    origin,
    server,
    control,
    open: () => openCookieBrowser(auth),
    /** Signs a user in, up to the callback. Returns its URL. */
    goToProvider: async (browser: ReturnType<typeof openCookieBrowser>, path = '/login', how = {}) => {
      const { headers } = await browser.send(path)
      return control('signIn', headers.get('location') ?? '', how)
    },
  }
}

/** Signs a user in. */
async function signIn(app: Awaited<ReturnType<typeof startApp>>, browser = app.open(), path = '/login') {
  const response = await browser.send(await app.goToProvider(browser, path))
  return { browser, response, user: await app.auth.userOf(browser.request()) }
}

test('a user signs in, makes calls, and signs out', async () => {
  const app = await startApp()
  const { browser, response, user } = await signIn(app)
  expect([response.status, response.headers.get('location')]).toEqual([303, 'https://app.example/'])
  expect(user?.id).toMatch(/./)
  expect(await app.auth.userOf({ headers: { cookie: browser.request().headers.get('cookie') ?? '' } })).toEqual(user)
  const token = await app.tokensOf(user?.id ?? '').getToken()
  const api = await app.auth.kyOf(browser.request())
  const echo = `${app.tokensOf(user?.id ?? '').apis?.[0] ?? ''}/echo`
  expect((await api.get(echo)).status).toBe(200)

  const goodbye = await browser.send('/logout', sameOrigin)
  expect(goodbye.status).toBe(303)
  const location = new URL(goodbye.headers.get('location') ?? '')
  expect([location.origin, location.searchParams.get('post_logout_redirect_uri')]).toEqual([
    new URL(app.server).origin,
    'https://app.example/',
  ])
  expect(location.searchParams.get('id_token_hint')).toBe(token.idToken)
  expect([...browser.jar.keys()]).toEqual([])
  expect(app.store.size).toBe(0)
  expect(await app.auth.userOf(browser.request())).toBeUndefined()
  expect(await errorOf(app.auth.kyOf(browser.request()))).toMatchObject({ code: 'TOKEN_MISSING' })
  // The token was revoked.
  expect(await errorOf(app.login.userInfo(token))).toMatchObject({ code: 'TOKEN_REFUSED' })
  expect([app.failures, app.warnings]).toEqual([[], []])
})

test('all other requests are left to the app', async () => {
  const { auth } = await startApp()
  for (const path of ['/', '/login/', '/Login', '/callback/x', '/logout2', '//login'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await auth.handle(new Request(`https://app.example${path}`))).toBeUndefined()
})

test('no cookie shows a token or the transaction, and no script can read one', async () => {
  const app = await startApp()
  const { browser, user } = await signIn(app)
  const token = await app.tokensOf(user?.id ?? '').getToken()
  expect(browser.lines).toHaveLength(3)
  for (const line of browser.lines) {
    expect(line).toMatch(/^__Host-session/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(line).toContain(attribute)
    expect(line).not.toContain('Domain')
    for (const text of [token.accessToken, token.idToken ?? '', user?.id ?? '']) expect(line).not.toContain(text)
  }
  const values = browser.lines.map((line) => parseSetCookie(line).value ?? '').filter((value) => value !== '')
  expect(values.map((value) => decodeProtectedHeader(value))).toEqual(
    values.map(() => ({ alg: 'dir', enc: 'A256GCM' })),
  )
  expect(values).toHaveLength(2)
})

test('without TLS, on loopback, the cookies have no prefix and can be set', async () => {
  const app = await startApp({ redirectUri: 'http://127.0.0.1:8080/callback' })
  const { browser, user } = await signIn(app)
  expect(user?.id).toMatch(/./)
  expect([...browser.jar.keys()]).toEqual(['session'])
  for (const line of browser.lines) expect(line).not.toContain('Secure')
})

test('two tabs can sign in at the same time, and the oldest of six sign-ins is given up', async () => {
  const app = await startApp()
  const browser = app.open()
  const callbacks: string[] = []
  for (let tab = 0; tab < 6; tab += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    callbacks.push(await app.goToProvider(browser))
  }
  expect(browser.jar.size).toBe(5)
  expect((await browser.send(callbacks[0] ?? '')).status).toBe(400)
  expect((await browser.send(callbacks[1] ?? '')).status).toBe(303)
  expect((await browser.send(callbacks[5] ?? '')).status).toBe(303)
})

test.each([
  ['/profile?tab=1', 'https://app.example/profile?tab=1'],
  ['/caf%C3%A9', 'https://app.example/caf%C3%A9'],
  ['/.//evil.example', 'https://app.example//evil.example'],
  ['//evil.example', 'https://app.example/home'],
  ['/\\evil.example', 'https://app.example/home'],
  ['/\t/evil.example', 'https://app.example/home'],
  ['https://evil.example', 'https://app.example/home'],
  ['https://app.example@evil.example/', 'https://app.example/home'],
  ['javascript:alert(1)', 'https://app.example/home'],
  ['profile', 'https://app.example/home'],
  [`/${'x'.repeat(500)}`, 'https://app.example/home'],
  [`/${'€'.repeat(60)}`, 'https://app.example/home'],
  ['', 'https://app.example/home'],
])('after a sign-in with returnTo %j, the user goes to %s', async (returnTo, location) => {
  const app = await startApp({ afterLogin: '/home' })
  const { response } = await signIn(app, app.open(), `/login?${new URLSearchParams({ returnTo }).toString()}`)
  expect(response.headers.get('location')).toBe(location)
})

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ['another site, in an old browser', { origin: 'https://evil.example' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a program without these headers', {}],
])('a log-out that is requested by %s is refused, and the user stays signed in', async (_who, headers) => {
  const app = await startApp()
  const { browser } = await signIn(app)
  const response = await browser.send('/logout', { method: 'POST', headers: headers as Record<string, string> })
  expect(response.status).toBe(403)
  expect(app.failures).toMatchObject([{ reason: 'cross-site' }])
  expect(await app.auth.userOf(browser.request())).toBeDefined()
  expect(app.store.size).toBe(1)
})

test('in an old browser, the log-out is accepted with the origin of the app', async () => {
  const app = await startApp()
  const { browser } = await signIn(app)
  expect((await browser.send('/logout', { method: 'POST', headers: { origin: app.origin } })).status).toBe(303)
})

test.each([
  ['HEAD', '/login'],
  ['POST', '/login'],
  ['HEAD', '/callback'],
  ['POST', '/callback'],
  ['GET', '/logout'],
  ['HEAD', '/logout'],
])('%s %s is refused, and uses nothing up', async (method, path) => {
  const app = await startApp()
  const browser = app.open()
  const callback = new URL(await app.goToProvider(browser))
  const response = await browser.send(`${path}${path === '/callback' ? callback.search : ''}`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe(path === '/logout' ? 'POST' : 'GET')
  expect((await browser.send(callback.href)).status).toBe(303)
})

test('a browser that fetches the callback before the user opens it does not use the code up', async () => {
  const app = await startApp()
  const browser = app.open()
  const callback = await app.goToProvider(browser)
  for (const [name, value] of [
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'Prefetch'],
    ['x-moz', 'prefetch'],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await browser.send(callback, { headers: { [name]: value } })).status).toBe(503)
  expect((await browser.send(callback)).status).toBe(303)
})

test('a callback in another browser is refused, and nothing is stored', async () => {
  const app = await startApp()
  const callback = await app.goToProvider(app.open())
  const victim = app.open()
  expect((await victim.send(callback)).status).toBe(400)
  await app.goToProvider(victim)
  expect((await victim.send(callback)).status).toBe(400)
  expect(app.failures.map(({ reason }) => reason)).toEqual(['expired', 'expired'])
  expect([app.store.size, await app.auth.userOf(victim.request())]).toEqual([0, undefined])
})

test('a sign-in can take ten minutes', async () => {
  const app = await startApp()
  const browser = app.open()
  const callback = await app.goToProvider(browser)
  passSeconds(601)
  expect((await browser.send(callback)).status).toBe(400)
  expect(app.failures).toMatchObject([{ reason: 'expired' }])
})

test('a session ends after eight hours, also if the browser keeps the cookie', async () => {
  const app = await startApp()
  const { browser } = await signIn(app)
  passSeconds(28_801)
  expect(await app.auth.userOf(browser.request())).toBeUndefined()
})

test('a cookie is valid for its purpose, its redirect URI and its secret only', async () => {
  const app = await startApp()
  const { browser } = await signIn(app)
  const session = browser.jar.get('__Host-session') ?? ''
  await browser.send('/login')
  const signInCookie = [...browser.jar].find(([name]) => name.includes('sign-in'))?.[1] ?? ''
  const userOf = (value: string, auth = app.auth) =>
    auth.userOf({ headers: { cookie: `__Host-session=${value}; session=${value}` } })
  expect(await userOf(session)).toBeDefined()
  expect(await userOf(signInCookie)).toBeUndefined()
  expect(await userOf(session.slice(0, -1))).toBeUndefined()
  expect(await userOf('')).toBeUndefined()
  expect(await userOf('a.b.c.d.e')).toBeUndefined()
  const other = createLoginHandler({ ...app.options, secret: 'another secret of 32 characters or more' })
  expect(await userOf(session, other)).toBeUndefined()
  const login = createLogin({
    provider: emulated(bouyguesAp4, app.server),
    ...client,
    redirectUri: 'https://app.example/other',
  })
  expect(await userOf(session, createLoginHandler({ ...app.options, login }))).toBeUndefined()
})

test('a secret can be replaced: the new one encrypts, and the old one still decrypts', async () => {
  const app = await startApp()
  const { browser } = await signIn(app)
  const next = 'the next secret of 32 characters or more'
  const rotated = createLoginHandler({ ...app.options, secret: [next, secret] })
  expect(await rotated.userOf(browser.request())).toBeDefined()
  const later = openCookieBrowser(rotated)
  const { headers } = await later.send('/login')
  await later.send(await app.control('signIn', headers.get('location') ?? '', {}))
  const onlyNext = createLoginHandler({ ...app.options, secret: next })
  expect(await onlyNext.userOf(later.request())).toBeDefined()
  expect(await onlyNext.userOf(browser.request())).toBeUndefined()
})

test('a new sign-in replaces the session and the tokens of the one before', async () => {
  const app = await startApp()
  const { browser, user } = await signIn(app)
  const before = browser.jar.get('__Host-session')
  const token = await app.tokensOf(user?.id ?? '').getToken()
  await signIn(app, browser)
  expect(browser.jar.get('__Host-session')).not.toBe(before)
  expect((await app.tokensOf(user?.id ?? '').getToken()).accessToken).not.toBe(token.accessToken)
  // It still is valid at the provider.
  expect(await app.login.userInfo(token)).toMatchObject({ sub: user?.id })
})

test('the tokens that a sign-in replaces are revoked if the option says so', async () => {
  const app = await startApp({ revokeReplaced: true })
  const { browser, user } = await signIn(app)
  const token = await app.tokensOf(user?.id ?? '').getToken()
  await signIn(app, browser)
  expect(await errorOf(app.login.userInfo(token))).toMatchObject({ code: 'TOKEN_REFUSED' })
})

test('with a list of ended ids, a copied cookie is not valid after the log-out, and a callback is accepted once', async () => {
  const ids = new Map<string, number>()
  const ended = {
    has: (id: string) => ids.has(id),
    add: (id: string, ttlMs: number) => !ids.has(id) && ids.set(id, ttlMs).has(id),
  }
  const app = await startApp({ ended })
  const browser = app.open()
  const callback = await app.goToProvider(browser)
  const thief = openCookieBrowser(app.auth)
  for (const [name, value] of browser.jar) thief.jar.set(name, value)
  const answers = await Promise.all([browser.send(callback), thief.send(callback)])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400])
  const winner = [browser, thief].find(({ jar }) => jar.has('__Host-session')) ?? browser
  const copied = winner.request()
  expect(await app.auth.userOf(copied)).toBeDefined()
  await winner.send('/logout', sameOrigin)
  expect(await app.auth.userOf(copied)).toBeUndefined()
  expect([...ids.values()]).toEqual([600_000, 28_800_000])
})

test('a copied cookie of a session that has ended does not sign the user out of the next one', async () => {
  const ids = new Set<string>()
  const ended = { has: (id: string) => ids.has(id), add: (id: string) => !ids.has(id) && ids.add(id).has(id) }
  const app = await startApp({ ended })
  const { browser } = await signIn(app)
  const thief = openCookieBrowser(app.auth)
  for (const [name, value] of browser.jar) thief.jar.set(name, value)
  await browser.send('/logout', sameOrigin)
  await signIn(app, browser)
  expect((await thief.send('/logout', sameOrigin)).status).toBe(303)
  expect(await app.auth.userOf(browser.request())).toBeDefined()
  expect(app.store.size).toBe(1)
})

test('the user of the session is what toUser makes of a sign-in', async () => {
  const app = await startApp({
    toUser: async ({ claims, token, login }) => {
      const { name } = await login.userInfo(token)
      return { id: `bouygues ${claims.sub}`, name: String(name) }
    },
  })
  const { user } = await signIn(app)
  expect(user).toMatchObject({ id: expect.stringMatching(/^bouygues /), name: 'Camille Exemple' })
  expect(await app.tokensOf(user?.id ?? '').getToken()).toHaveProperty('accessToken')
})

test.each<[string, LoginHandlerOptions['toUser'], RegExp]>([
  ['without an id', () => ({}) as { id: string }, /toUser must return an object with the id/],
  ['with an empty id', () => ({ id: '' }), /toUser must return an object with the id/],
  [
    'with an id of its prototype',
    () => Object.create({ id: 'a' }) as { id: string },
    /toUser must return an object with/,
  ],
  ['that JSON leaves out', () => (() => 'a') as unknown as { id: string }, /toUser must return an object with the id/],
  ['that is undefined', () => undefined as unknown as { id: string }, /toUser must return an object with the id/],
  ['with the access token', ({ token }) => ({ id: 'a', more: token.accessToken }), /toUser must not return a token/],
  ['with the ID token', ({ token }) => ({ id: token.idToken ?? '' }), /toUser must not return a token/],
  ['that is too large', () => ({ id: 'a', more: 'x'.repeat(4000) }), /too large for a cookie/],
])('a user %s ends the sign-in with a TypeError, and the tokens are revoked', async (_what, toUser, message) => {
  let token: Token | undefined
  const app = await startApp({
    toUser: (finished) => {
      ;({ token } = finished)
      return toUser?.(finished) ?? (undefined as never)
    },
  })
  const browser = app.open()
  const error = await errorOf(browser.send(await app.goToProvider(browser)))
  expect(error).toBeInstanceOf(TypeError)
  expect((error as Error).message).toMatch(message)
  expect((error as Error).message).not.toContain(token?.accessToken)
  expect(await errorOf(app.login.userInfo(token as Token))).toMatchObject({ code: 'TOKEN_REFUSED' })
  expect(browser.jar.has('__Host-session')).toBe(false)
})

test('if the store fails at a sign-in, the user is signed in nevertheless, and the tokens are written later', async () => {
  const { tokensOf: _unused, ...app } = await startApp()
  let isDown = true
  const orDown = <T>(work: () => T): T => {
    if (isDown) throw new Error('down')
    return work()
  }
  const store: TokenStore = {
    get: (key) => orDown(() => app.store.get(key)),
    set: (key, token) => orDown(() => app.store.set(key, token)),
    delete: (key) => orDown(() => app.store.delete(key)),
  }
  const provider = emulated(bouyguesAp4, app.server)
  const tokensOf = tokensBy((key) => createTokenSource({ ...client, provider, grant: userLogin(), store, key }))
  const auth = createLoginHandler({ ...app.options, tokensOf })
  const browser = openCookieBrowser(auth)
  const response = await browser.send(await app.goToProvider(browser))
  expect([response.status, app.failures]).toEqual([303, []])
  expect(app.warnings).toEqual(['the storage of tokens'])
  const user = await auth.userOf(browser.request())
  expect(await tokensOf(user?.id ?? '').getToken()).toHaveProperty('accessToken')
  isDown = false
  const written = async () => {
    await tokensOf(user?.id ?? '').getToken()
    return app.store.size
  }
  await expect.poll(written).toBe(1)
})

test('if the tokens cannot be kept even in memory, the user is not signed in, and the tokens are revoked', async () => {
  const { tokensOf: _unused, ...app } = await startApp()
  const provider = emulated(bouyguesAp4, app.server)
  const clientSecret = () => Promise.reject(new Error('the vault is sealed'))
  const { store } = app
  const tokensOf = tokensBy((key) =>
    createTokenSource({ ...client, clientSecret, provider, grant: userLogin(), store, key }),
  )
  let given: Token | undefined
  const toUser = ({ token, claims }: { token: Token; claims: { sub: string } }) => {
    given = token
    return { id: claims.sub }
  }
  const auth = createLoginHandler({ ...app.options, tokensOf, toUser })
  const browser = openCookieBrowser(auth)
  const response = await browser.send(await app.goToProvider(browser))
  const reasons = app.failures.map(({ reason }) => reason)
  expect([response.status, reasons, app.warnings]).toEqual([503, ['unavailable'], []])
  expect(await auth.userOf(browser.request())).toBeUndefined()
  expect(await errorOf(app.login.userInfo(given as Token))).toMatchObject({ code: 'TOKEN_REFUSED' })
})

test('a user who signs in over another one ends the session of that one, and its tokens', async () => {
  let count = 0
  const app = await startApp({ toUser: () => ({ id: `user ${(count += 1)}` }) })
  const { browser } = await signIn(app)
  const token = await app.tokensOf('user 1').getToken()
  const { user } = await signIn(app, browser)
  expect(user?.id).toBe('user 2')
  expect([...app.store.keys()]).toHaveLength(1)
  expect(await errorOf(app.tokensOf('user 1').getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(await errorOf(app.login.userInfo(token))).toMatchObject({ code: 'TOKEN_REFUSED' })
})

test('of two callbacks at once, only one redeems the code, and the tokens stay valid', async () => {
  const app = await startApp()
  const browser = app.open()
  const callback = await app.goToProvider(browser)
  const answers = await Promise.all([browser.send(callback), browser.send(callback)])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400])
  const user = await app.auth.userOf(browser.request())
  const token = await app.tokensOf(user?.id ?? '').getToken()
  expect(await app.login.userInfo(token)).toMatchObject({ sub: user?.id })
})

test('if the list of ended ids fails, a callback is refused, the app is told, and its error reaches the routes of the app', async () => {
  const ended = {
    has: () => {
      throw new RangeError('down')
    },
    add: async () => Promise.reject(new RangeError('down')),
  }
  const app = await startApp({ ended })
  const browser = app.open()
  expect((await browser.send(await app.goToProvider(browser))).status).toBe(503)
  expect([app.failures[0]?.reason, app.warnings, app.store.size]).toEqual([
    'unavailable',
    ['the list of ended sessions'],
    0,
  ])
  const other = openCookieBrowser(createLoginHandler(app.options))
  await other.send(await app.goToProvider(other))
  expect(await errorOf(app.auth.userOf(other.request()))).toEqual(new RangeError('down'))
})

test('a list of ended ids that answers like Redis, with null, refuses the callback', async () => {
  const ended = { has: () => false, add: () => null as unknown as boolean }
  const app = await startApp({ ended })
  const browser = app.open()
  expect((await browser.send(await app.goToProvider(browser))).status).toBe(400)
})

test('the cookies of sign-ins stay below 6 kB, also with long values of returnTo', async () => {
  const app = await startApp()
  const browser = app.open()
  for (let tab = 0; tab < 8; tab += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await browser.send(`/login?${new URLSearchParams({ returnTo: `/${'x'.repeat(450)}` }).toString()}`)
  }
  expect(browser.jar.size).toBeGreaterThan(1)
  expect(browser.request().headers.get('cookie')?.length).toBeLessThan(6000)
})

test('the URL of the login carries where the user goes after it', async () => {
  const app = await startApp()
  expect(app.auth.loginUrl()).toBe('/login')
  const url = app.auth.loginUrl('/search?q=a&b=c')
  const { response } = await signIn(app, app.open(), url)
  expect(response.headers.get('location')).toBe('https://app.example/search?q=a&b=c')
})

const down = () => {
  throw new Error('down')
}

test.each<[string, Partial<LoginHandlerOptions>]>([
  ['clear() of the token source', { tokensOf: () => ({ clear: async () => down() }) as unknown as OwnTokenSource }],
  ['tokensOf', { tokensOf: down }],
  ['the list of ended ids', { ended: { has: down, add: down } }],
  ['onWarning, too', { tokensOf: down, onWarning: down }],
  ['onWarning, later,', { tokensOf: down, onWarning: async () => down() }],
])('a user is signed out even if %s fails', async (_what, own) => {
  const app = await startApp()
  const { browser } = await signIn(app)
  const auth = createLoginHandler({ ...app.options, ...own })
  const response = await openCookieBrowser(auth).send('/logout', {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', cookie: browser.request().headers.get('cookie') ?? '' },
  })
  expect(response.status).toBe(303)
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=; Max-Age=0/)])
})

test('the session at the provider stays if the option says so', async () => {
  const app = await startApp({ endSession: false, afterLogout: '/bye' })
  const { browser } = await signIn(app)
  expect((await browser.send('/logout', sameOrigin)).headers.get('location')).toBe('https://app.example/bye')
})

test('the routes can have other paths', async () => {
  const app = await startApp({ paths: { login: '/auth/in', logout: '/auth/out' } })
  expect(app.auth.paths).toEqual({ login: '/auth/in', callback: '/callback', logout: '/auth/out' })
  const { browser, user } = await signIn(app, app.open(), '/auth/in')
  expect(user).toBeDefined()
  expect((await browser.send('/auth/out', sameOrigin)).status).toBe(303)
})

test('behind a proxy that changes the path, the callback can be at another path than the redirect URI', async () => {
  const app = await startApp({ redirectUri: 'https://app.example/shop/callback', paths: { callback: '/callback' } })
  const browser = app.open()
  const callback = new URL(await app.goToProvider(browser))
  expect((await browser.send(`/callback${callback.search}`)).status).toBe(303)
})

test('parameters can be sent with each sign-in', async () => {
  const app = await startApp({
    startOptions: async ({ url }) => ({ parameters: { login_hint: new URL(url).searchParams.get('hint') ?? '' } }),
  })
  const { headers } = await app.open().send('/login?hint=zoe')
  expect(new URL(headers.get('location') ?? '').searchParams.get('login_hint')).toBe('zoe')
})

test.each([['denied', 403, { deny: true }, 'You did not sign in.']])(
  'the page for a sign-in that was %s says so, and has a link to sign in',
  async (_reason, status, how, text) => {
    const app = await startApp({ onFailure: undefined })
    const browser = app.open()
    const response = await browser.send(await app.goToProvider(browser, '/login', how))
    expect(response.status).toBe(status)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await response.text()
    expect(html).toContain(text)
    expect(html).toContain('<a href="/login">')
  },
)

test('no answer is kept by a cache, and none gives its URL to the next page', async () => {
  const app = await startApp()
  const browser = app.open()
  const answers = [await browser.send('/login'), await browser.send('/callback'), await browser.send('/logout')]
  for (const { headers } of answers)
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer'])
})

test.each<[string, object, RegExp]>([
  ['no login', { login: undefined }, /login must be made by createLogin/],
  ['no tokensOf', { tokensOf: undefined }, /tokensOf must be a function/],
  ['no secret', { secret: undefined }, /secret must be a text of 32 characters/],
  ['a short secret', { secret: 'short' }, /secret must be a text of 32 characters/],
  ['no secret in the list', { secret: [] }, /secret must be a text of 32 characters/],
  ['a short secret in the list', { secret: [secret, 'short'] }, /secret must be a text of 32 characters/],
  ['an unknown option', { sercet: secret }, /sercet is not an option/],
  ['a path without a slash', { paths: { login: 'login' } }, /paths.login must be a path/],
  ['a path on another host', { paths: { login: '//evil.example' } }, /paths.login must be a path/],
  ['a path with a query', { paths: { login: '/login?a=1' } }, /paths.login must be a path/],
  ['a path of no route', { paths: { logni: '/in' } }, /paths.logni is not a route/],
  ['a text where true or false is needed', { endSession: 'false' }, /endSession must be true or false/],
  ['a hook that is no function', { onFailure: 'page' }, /onFailure must be a function/],
  ['startOptions that are no object', { startOptions: 'login' }, /startOptions must be an object/],
  ['a list of ended ids without has', { ended: { add: () => true } }, /ended must have the functions add and has/],
  ['a path with dots', { paths: { login: '/a/../b' } }, /paths.login must be a path/],
  ['the same path twice', { paths: { login: '/callback' } }, /paths must be different/],
  ['afterLogin on another host', { afterLogin: '//evil.example' }, /afterLogin must be a path of your app/],
  ['afterLogout on another host', { afterLogout: 'https://evil.example' }, /afterLogout must be a path of your app/],
  ['a session without an end', { sessionMs: Number.POSITIVE_INFINITY }, /sessionMs must be a number of milliseconds/],
  ['a sign-in of no time', { signInMs: 0 }, /signInMs must be a number of milliseconds/],
  ['an odd cookie name', { cookieName: 'a b' }, /cookieName must be letters/],
])('%s is a TypeError that does not show the secret', async (_what, own, message) => {
  const { options } = await startApp()
  const create = () => createLoginHandler({ ...options, ...own })
  expect(create).toThrow(TypeError)
  expect(create).toThrow(message)
  expect(create).not.toThrow(/short$/)
})

test('a member that is planted into Object.prototype signs no visitor in', async () => {
  const app = await startApp()
  const { browser } = await signIn(app)
  const planted = Object.prototype as { cookie?: string }
  planted.cookie = browser.request().headers.get('cookie') ?? ''
  try {
    expect(await app.auth.userOf({ headers: {} })).toBeUndefined()
  } finally {
    delete planted.cookie
  }
})

test('an app that returns no page for a failure gets the page of the handler', async () => {
  const app = await startApp({ onFailure: async () => undefined as unknown as Response })
  const response = await app.open().send('/callback')
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Please sign in again')])
})

test('behind a proxy that removes the beginning of paths, the link of the page has it', async () => {
  const app = await startApp({
    redirectUri: 'https://app.example/shop/callback',
    paths: { callback: '/callback' },
    onFailure: undefined,
  })
  expect(await (await app.open().send('/callback')).text()).toContain('<a href="/shop/login">')
})

test('an app with a scheme of its own needs no handler', async () => {
  const { options, server } = await startApp()
  const provider = emulated(bouyguesAp4, server)
  const login = createLogin({ ...client, provider, redirectUri: 'com.example.app:/callback' })
  expect(() => createLoginHandler({ ...options, login })).toThrow(/redirectUri must be https:/)
})

test('without OpenID Connect, a handler is made only with toUser, because no claims say who the user is', async () => {
  const { options, server } = await startApp()
  const provider = { ...emulated(bouyguesAp4, server), name: 'plain' }
  const login = createLogin({ ...client, provider, redirectUri: 'https://app.example/callback', scope: 'profile' })
  const make = (toUser?: () => { id: string }) => createLoginHandler({ ...options, login, toUser })
  expect(() => make()).toThrow(/toUser is missing: without OpenID Connect, nothing says who the user is/)
  expect(make(() => ({ id: 'ada' })).paths.login).toBe('/login')
})

test('why the provider did not answer is in the log, and not on the page', async () => {
  const logged: string[] = []
  const onWarning = (error: unknown, what: string) =>
    void logged.push(`${what} failed: ${error instanceof Error ? error.message : ''}`)
  const failed = async () => {
    throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
  }
  const { options, server } = await startApp()
  const provider = { ...emulated(bouyguesAp4, server), authorizationEndpoint: undefined }
  const login = createLogin({ ...client, provider, redirectUri: 'https://app.example/callback', fetch: failed })
  const request = () => new Request('https://app.example/login')
  const response = await createLoginHandler({ ...options, login, onWarning, onFailure: undefined }).handle(request())
  expect([response?.status, await response?.text()]).toEqual([503, expect.not.stringContaining('listens')])
  expect(logged).toEqual([expect.stringMatching(/^the sign-in failed: .*no server listens there/)])

  // An app that makes its own page gets the error there.
  const onFailure = () => new Response('an own page')
  await createLoginHandler({ ...options, login, onWarning, onFailure }).handle(request())
  expect(logged).toHaveLength(1)
})
