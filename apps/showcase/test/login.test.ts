import { signIn } from '@oauthkit/emulator'
import { afterEach, expect, test, vi } from 'vitest'
import { startSite } from './support.ts'

afterEach(() => void vi.useRealTimers())

test('a user signs in, and the page shows the user info of the provider', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const { status, headers } = await visitor.signIn()
  expect([status, headers.get('location')]).toEqual([303, `${site.url}/profile`])
  const { text } = await visitor.get('/profile')
  expect(text).toContain('<h1>Camille Exemple</h1>')
  expect(text).toContain('COMPTE_WEB_PROSPECT')
  expect(text).toContain('1.2 GB of 20.0 GB used')
})

test('each sign-in begins a new session, and the old one ends', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const before = visitor.cookie
  await visitor.signIn()
  expect(visitor.cookie).not.toBe(before)
  const thief = site.visit()
  thief.cookie = before
  expect((await thief.get('/profile')).status).toBe(401)
})

const lastOf = (headers: Headers) => headers.getSetCookie().at(-1)

test('the cookies are for this site only, and no script can read them', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const { headers } = await visitor.get('/login')
  expect(headers.getSetCookie()).toHaveLength(1)
  expect(lastOf(headers)).toMatch(/^session-sign-in-[\w-]+=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
  expect(lastOf((await visitor.signIn()).headers)).toMatch(
    /^session=[\w.-]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('with TLS, the cookies are for TLS and for this host only', async () => {
  const publicUrl = 'https://app.example'
  await using site = await startSite({ publicUrl })
  const headers = { 'X-Forwarded-Proto': 'https' }
  const visitor = site.visit()
  const started = await visitor.get('/login', { headers })
  expect(lastOf(started.headers)).toMatch(
    /^__Host-session-sign-in-[\w-]+=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  expect(started.headers.get('strict-transport-security')).toContain('max-age=31536000')
  const callback = (await signIn(started.headers.get('location') ?? '')).slice(publicUrl.length)
  expect(lastOf((await visitor.get(callback, { headers })).headers)).toMatch(
    /^__Host-session=[\w.-]+; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
})

test.each(['/', '/shops', '/tokens', '/profile', '/nowhere'])(
  'a visitor who does not sign in gets no cookie: %s',
  async (path) => {
    await using site = await startSite()
    expect((await site.get(path)).headers.getSetCookie()).toEqual([])
  },
)

test('a user who says no gets a page that says so, and is not signed in', async () => {
  await using site = await startSite()
  site.emulator.bouygues.denyLogin = true
  const visitor = site.visit()
  const { headers } = await visitor.get('/login')
  const response = await fetch(headers.get('location') ?? '', { redirect: 'manual' })
  const { status, text } = await visitor.get(response.headers.get('location')?.slice(site.url.length) ?? '')
  expect(status).toBe(403)
  expect(text).toContain('<h1>You did not sign in</h1>')
  expect((await visitor.get('/profile')).status).toBe(401)
})

/** A fetch that notes which tokens are revoked. */
function watchRevocations() {
  const revoked: string[] = []
  const watching: typeof fetch = async (input, init) => {
    if (typeof init?.body === 'string' && new Request(input).url.endsWith('/revoke')) {
      revoked.push(new URLSearchParams(init.body).get('token_type_hint') ?? 'unknown')
    }
    return fetch(input, init)
  }
  return { fetch: watching, revoked }
}

test('a sign-in replaces the one before it, whose tokens are revoked', async () => {
  const { fetch: watching, revoked } = watchRevocations()
  await using site = await startSite({ fetch: watching })
  await site.visit().signIn()
  expect(revoked).toEqual([])
  const visitor = site.visit()
  await visitor.signIn()
  expect(revoked.toSorted()).toEqual(['access_token', 'refresh_token'])
  expect((await visitor.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
})

test('if the user info is not available, the tokens are revoked, and the user is not signed in', async () => {
  const { fetch: watching, revoked } = watchRevocations()
  await using site = await startSite({ fetch: watching })
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  site.emulator.bouygues.answerApiCalls(5, { status: 500 })
  expect((await visitor.get(callback)).status).toBe(503)
  expect(revoked.toSorted()).toEqual(['access_token', 'refresh_token'])
  expect((await visitor.get('/profile')).status).toBe(401)
})

test.each(['/login', '/callback?code=any&state=any'])('%s accepts only GET, and not HEAD', async (path) => {
  await using site = await startSite()
  const { status, headers } = await site.get(path, { method: 'HEAD' })
  expect([status, headers.get('allow')]).toEqual([405, 'GET'])
})

test('a callback works once, also if it fails', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  site.emulator.bouygues.answerTokenRequests(1, { status: 503 })
  expect((await visitor.get(callback)).status).toBe(503)
  const { status, text } = await visitor.get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('a callback works once, also while the first one is still running', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  const release = site.emulator.bouygues.holdTokenRequests()
  const first = visitor.get(callback)
  await site.emulator.bouygues.tokenRequested(1)
  const second = await visitor.get(callback)
  expect(second.status).toBe(400)
  expect(second.text).toContain('<h1>Your sign-in has ended</h1>')
  release()
  expect((await first).headers.get('location')).toBe(`${site.url}/profile`)
})

test('a slower request of the same browser does not bring the sign-in back', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  const release = site.emulator.orange.holdApiCalls()
  const slower = visitor.get('/shops?postalCode=35000')
  await site.emulator.orange.apiCalled(1)
  site.emulator.bouygues.answerTokenRequests(1, { status: 503 })
  expect((await visitor.get(callback)).status).toBe(503)
  release()
  await slower
  expect((await visitor.get(callback)).text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('a callback works once, also after the sign-in', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  await visitor.get(callback)
  const { status, headers } = await visitor.get(callback)
  expect([status, headers.get('location')]).toEqual([303, `${site.url}/profile`])
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
  expect((await visitor.get('/profile')).status).toBe(200)
})

test.each([
  ['a forged state', (path: string) => path.replace(/state=[^&]+/, 'state=forged')],
  ['no state', (path: string) => path.replace(/&?state=[^&]+/, '')],
  ['the name of something that every object has', (path: string) => path.replace(/state=[^&]+/, 'state=constructor')],
  ['two states', (path: string) => `${path}&state=forged`],
])('%s signs no user in, and nothing is sent', async (_what, forge) => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = forge(await visitor.goToProvider())
  const { status, text } = await visitor.get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(0)
})

test('a callback in another browser signs no user in', async () => {
  await using site = await startSite()
  const callback = await site.visit().goToProvider()
  const { status, text } = await site.visit().get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has ended</h1>')
  expect(text).toContain(site.url)
})

test('a wrong ID token signs no user in', async () => {
  await using site = await startSite()
  site.emulator.bouygues.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, nonce: 'another' } })
  const visitor = site.visit()
  expect((await visitor.signIn()).status).toBe(502)
  expect((await visitor.get('/profile')).status).toBe(401)
  expect(site.log).toContainEqual(
    expect.objectContaining({ level: 50, reason: expect.any(String), why: expect.stringContaining('nonce') }),
  )
})

test('two tabs can sign in at the same time', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const first = await visitor.goToProvider()
  const second = await visitor.goToProvider()
  expect((await visitor.get(second)).headers.get('location')).toBe(`${site.url}/profile`)
  expect((await visitor.get(first)).headers.get('location')).toBe(`${site.url}/profile`)
  expect((await visitor.get('/profile')).status).toBe(200)
})

test('a session ends after its time, also if the browser still sends its cookie', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await using site = await startSite({ sessionMs: 600_000 })
  const visitor = site.visit()
  await visitor.signIn()
  vi.setSystemTime(Date.now() + 590_000)
  const { text: home, headers } = await visitor.get('/')
  expect(home).toContain('Camille Exemple')
  expect(headers.getSetCookie()).toEqual([])
  vi.setSystemTime(Date.now() + 11_000)
  const { status, text } = await visitor.get('/profile')
  expect(status).toBe(401)
  expect(text).toContain('Your session has ended.')
})

test('a tokens page that was open for long does not change the session when it is closed', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await using site = await startSite({ sessionMs: 600_000 })
  const visitor = site.visit()
  await visitor.signIn()
  const page = new AbortController()
  const headers = { Cookie: visitor.cookie }
  const stream = await fetch(`${site.url}/tokens/events`, { headers, signal: page.signal })
  expect(stream.headers.getSetCookie()).toEqual([])
  vi.setSystemTime(Date.now() + 590_000)
  page.abort()
  await expect.poll(() => site.log.some(({ path }) => path === '/tokens/events')).toBe(true)
  expect((await visitor.get('/profile')).status).toBe(200)
  vi.setSystemTime(Date.now() + 11_000)
  expect((await visitor.get('/profile')).status).toBe(401)
})

test.each([
  ['a name that is an object', { name: { first: 'Camille' } }],
  ['an empty name', { name: '' }],
  ['a number as its first name', { given_name: 5 }],
  ['roles that are a text', { roles: 'all' }],
  ['a role that is an object', { roles: [{}] }],
  ['more roles than a cookie can hold', { roles: Array.from({ length: 500 }, () => 'ROLE_É') }],
])('user info with %s breaks no page', async (_what, said) => {
  await using site = await startSite()
  site.emulator.bouygues.editUserInfo = (info) => ({ ...info, name: undefined, ...said })
  const visitor = site.visit()
  expect((await visitor.signIn()).headers.get('location')).toBe(`${site.url}/profile`)
  const { status, text } = await visitor.get('/profile')
  expect(status).toBe(200)
  expect(text).not.toContain('[object Object]')
  expect(text).toMatch(/<h1>[A-Za-z ]+<\/h1>/)
})

test('a sign-in ends after ten minutes, also if the browser still sends its cookie', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await using site = await startSite()
  const visitor = site.visit()
  const [early, late] = [await visitor.goToProvider(), await visitor.goToProvider()]
  vi.setSystemTime(Date.now() + 590_000)
  // The code has expired at the provider, but the sign-in has not.
  expect((await visitor.get(early)).text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
  vi.setSystemTime(Date.now() + 11_000)
  expect((await visitor.get(late)).text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('a log-out revokes the tokens, ends the session here, and leads to the provider to end it there', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const { cookie } = visitor
  const allowed = (await visitor.get('/profile')).headers.get('content-security-policy')
  const { status, headers } = await visitor.post('/logout')
  expect(status).toBe(303)
  expect(visitor.cookie).toBe('')
  const url = headers.get('location') ?? ''
  // Otherwise, the browser would stop at the redirect.
  expect(allowed).toContain(`form-action 'self' ${new URL(url).origin};`)
  const response = await fetch(url, { redirect: 'manual' })
  expect(response.headers.get('location')).toBe(`${site.url}/signed-out`)
  // No token is in an address: it would be in the history, and in the logs on the way.
  for (const secret of site.secrets) expect(url).not.toContain(secret)

  const thief = site.visit()
  thief.cookie = cookie
  expect((await thief.get('/')).text).not.toContain('Camille Exemple')
  expect((await thief.get('/profile')).status).toBe(401)
  const [token] = [...site.secrets].filter((secret) => secret.startsWith('at-'))
  const api = new URL(url).origin + '/api.bouyguestelecom.fr/customer-management/v1/usage-consumptions/mobile-data'
  expect((await fetch(api, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401)
})

test('a request that is slower than the log-out does not bring the session back', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const { cookie } = visitor
  const release = site.emulator.orange.holdApiCalls()
  const slower = visitor.get('/shops?postalCode=35000')
  await site.emulator.orange.apiCalled(1)
  await visitor.post('/logout')
  release()
  expect((await slower).headers.getSetCookie()).toEqual([])
  expect(visitor.cookie).toBe('')
  const thief = site.visit()
  thief.cookie = cookie
  expect((await thief.get('/')).text).not.toContain('Camille Exemple')
})

test('a user who signed out in another browser is asked to sign in again', async () => {
  await using site = await startSite()
  const [one, other] = [site.visit(), site.visit()]
  await one.signIn()
  await other.signIn()
  await one.post('/logout')
  const { status, text } = await other.get('/profile')
  expect(status).toBe(401)
  expect(text).toContain('Please sign in again')
  expect((await other.get('/')).text).not.toContain('Camille Exemple')
})

test('a user whose token was revoked stays signed in, with the refresh token', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const [token] = [...site.secrets].filter((secret) => secret.startsWith('at-'))
  site.emulator.bouygues.revoke(token)
  expect((await visitor.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
})

test('a user can sign out while the provider does not answer', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  await site.stopEmulator()
  expect((await visitor.post('/logout')).status).toBe(303)
  expect(site.log).toContainEqual(expect.objectContaining({ level: 40, msg: 'the revocation of tokens failed' }))
  expect((await visitor.get('/profile')).status).toBe(401)
})
