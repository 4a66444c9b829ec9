import { randomBytes } from 'node:crypto'
import { signIn } from '@oauthkit/emulator'
import { afterEach, expect, test, vi } from 'vitest'
import { MemorySessions } from '../src/stores/memory-sessions.ts'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { startSite, type Answer } from './support.ts'

afterEach(() => void vi.useRealTimers())

test('a user signs in, and the page shows what the provider says of them', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const { status, headers } = await visitor.signIn()
  expect([status, headers.get('location')]).toEqual([303, '/profile'])
  const { text } = await visitor.get('/profile')
  expect(text).toContain('<h1>Camille Exemple</h1>')
  expect(text).toContain('COMPTE_WEB_PROSPECT')
  expect(text).toContain('1.2 GB of 20.0 GB used')
})

test('the session gets another id at each sign-in, and the old one is worth nothing', async () => {
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

test('the cookies are for this site only, and no script reads them', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const { headers } = await visitor.get('/login')
  expect(headers.getSetCookie()).toHaveLength(1)
  expect(lastOf(headers)).toMatch(
    /^sign-in-[\w-]+=[\w.-]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  )
  expect(lastOf((await visitor.signIn()).headers)).toMatch(
    /^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  )
})

test('behind TLS the cookies are for TLS only, and for this very host', async () => {
  const publicUrl = 'https://app.example'
  await using site = await startSite({ publicUrl })
  const headers = { 'X-Forwarded-Proto': 'https' }
  const visitor = site.visit()
  const started = await visitor.get('/login', { headers })
  expect(lastOf(started.headers)).toMatch(
    /^__Host-sign-in-[\w-]+=[\w.-]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  )
  expect(started.headers.get('strict-transport-security')).toContain('max-age=31536000')
  const callback = (await signIn(started.headers.get('location') ?? '')).slice(publicUrl.length)
  expect(lastOf((await visitor.get(callback, { headers })).headers)).toMatch(
    /^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  )
})

test.each(['/', '/shops', '/tokens', '/profile', '/nowhere'])(
  'a visitor who does not sign in gets no cookie: %s',
  async (path) => {
    await using site = await startSite()
    expect((await site.get(path)).headers.getSetCookie()).toEqual([])
  },
)

test('who says no is told so, and is not signed in', async () => {
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

test('a sign-in takes the place of the one before it, whose tokens are revoked', async () => {
  const { fetch: watching, revoked } = watchRevocations()
  await using site = await startSite({ fetch: watching })
  await site.visit().signIn()
  expect(revoked).toEqual([])
  const visitor = site.visit()
  await visitor.signIn()
  expect(revoked.toSorted()).toEqual(['access_token', 'refresh_token'])
  expect((await visitor.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
})

test('tokens that cannot be kept are revoked, and nobody is signed in', async () => {
  const { fetch: watching, revoked } = watchRevocations()
  await using site = await startSite({ fetch: watching })
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  site.emulator.bouygues.answerApiCalls(5, { status: 500 })
  expect((await visitor.get(callback)).status).toBe(503)
  expect(revoked.toSorted()).toEqual(['access_token', 'refresh_token'])
  expect((await visitor.get('/profile')).status).toBe(401)
})

test.each(['/login', '/callback?code=any&state=any'])(
  'who only looks at the head of %s is told to get it',
  async (path) => {
    await using site = await startSite()
    const { status, headers } = await site.get(path, { method: 'HEAD' })
    expect([status, headers.get('allow')]).toEqual([405, 'GET'])
  },
)

test('a callback is good once, whatever comes of it', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  site.emulator.bouygues.answerTokenRequests(1, { status: 503 })
  expect((await visitor.get(callback)).status).toBe(503)
  const { status, text } = await visitor.get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>This sign-in is over</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('it is good once also while the first try is under way', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  const release = site.emulator.bouygues.holdTokenRequests()
  const first = visitor.get(callback)
  await site.emulator.bouygues.tokenRequested(1)
  const second = await visitor.get(callback)
  expect(second.status).toBe(400)
  expect(second.text).toContain('<h1>This sign-in is over</h1>')
  release()
  expect((await first).headers.get('location')).toBe('/profile')
})

test('a slower request of the same session does not bring it back', async () => {
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
  expect((await visitor.get(callback)).text).toContain('<h1>This sign-in is over</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('after the sign-in as well', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  await visitor.get(callback)
  const { status, text } = await visitor.get(callback)
  expect([status, site.emulator.bouygues.counters.tokenRequests]).toEqual([400, 1])
  expect(text).toContain('<h1>This sign-in is over</h1>')
  expect((await visitor.get('/profile')).status).toBe(200)
})

test.each([
  ['a forged state', (path: string) => path.replace(/state=[^&]+/, 'state=forged')],
  ['no state', (path: string) => path.replace(/&?state=[^&]+/, '')],
  ['the name of something that every object has', (path: string) => path.replace(/state=[^&]+/, 'state=constructor')],
  ['two states', (path: string) => `${path}&state=forged`],
])('%s leads nowhere, and nothing is sent', async (_what, forge) => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = forge(await visitor.goToProvider())
  const { status, text } = await visitor.get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>This is not your sign-in</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(0)
})

test('nor does a callback in another browser', async () => {
  await using site = await startSite()
  const callback = await site.visit().goToProvider()
  const { status, text } = await site.visit().get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has expired</h1>')
  expect(text).toContain(site.url)
})

test('an answer that cannot be trusted signs nobody in', async () => {
  await using site = await startSite()
  site.emulator.bouygues.editIdToken = ({ header, payload }) => ({ header, payload: { ...payload, nonce: 'another' } })
  const visitor = site.visit()
  expect((await visitor.signIn()).status).toBe(502)
  expect((await visitor.get('/profile')).status).toBe(401)
})

test('two tabs sign in side by side', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const first = await visitor.goToProvider()
  const second = await visitor.goToProvider()
  expect((await visitor.get(second)).headers.get('location')).toBe('/profile')
  expect((await visitor.get(first)).headers.get('location')).toBe('/profile')
  expect((await visitor.get('/profile')).status).toBe(200)
})

test('a session ends when nobody was there for its time, and each request starts that anew', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await using site = await startSite({ sessionMs: 600_000 })
  const visitor = site.visit()
  await visitor.signIn()
  vi.setSystemTime(Date.now() + 400_000)
  const { text: home, headers } = await visitor.get('/')
  expect(home).toContain('Camille Exemple')
  // The browser is told as well.
  expect(headers.getSetCookie()).toHaveLength(1)
  vi.setSystemTime(Date.now() + 400_000)
  expect((await visitor.get('/')).text).toContain('Camille Exemple')
  vi.setSystemTime(Date.now() + 600_001)
  const { status, text } = await visitor.get('/profile')
  expect(status).toBe(401)
  expect(text).toContain('Your session has ended.')
})

test('a page of the tokens that was open for long does not end the session when it is closed', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const stores = memoryStores([randomBytes(32).toString('base64url')])
  await using site = await startSite({ sessionMs: 600_000, stores })
  const visitor = site.visit()
  await visitor.signIn()
  const touch = vi.spyOn(stores.sessions, 'touch')
  const page = new AbortController()
  const headers = { Cookie: visitor.cookie }
  const stream = await fetch(`${site.url}/tokens/events`, { headers, signal: page.signal })
  expect(stream.headers.getSetCookie()).toEqual([])
  vi.setSystemTime(Date.now() + 400_000)
  await visitor.get('/')
  vi.setSystemTime(Date.now() + 400_000)
  expect(touch).toHaveBeenCalledOnce()
  page.abort()
  await expect.poll(() => site.log.some(({ path }) => path === '/tokens/events')).toBe(true)
  expect(touch).toHaveBeenCalledOnce()
  expect((await visitor.get('/profile')).status).toBe(200)
})

test.each([{ name: { first: 'Camille' } }, { name: '' }, { given_name: 5 }, { roles: 'all' }, { roles: [{}] }])(
  'a provider that says %j of a user breaks no page',
  async (said) => {
    await using site = await startSite()
    site.emulator.bouygues.editUserInfo = (info) => ({ ...info, name: undefined, ...said })
    const visitor = site.visit()
    expect((await visitor.signIn()).headers.get('location')).toBe('/profile')
    const { status, text } = await visitor.get('/profile')
    expect(status).toBe(200)
    expect(text).not.toContain('[object Object]')
    expect(text).toMatch(/<h1>[A-Za-z ]+<\/h1>/)
  },
)

test('a sign-in that is not finished is over after ten minutes, also if the browser still sends its cookie', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await using site = await startSite()
  const visitor = site.visit()
  const [early, late] = [await visitor.goToProvider(), await visitor.goToProvider()]
  vi.setSystemTime(Date.now() + 590_000)
  // The code has expired at the provider, but the sign-in has not.
  expect((await visitor.get(early)).text).toContain('<h1>Please sign in again</h1>')
  vi.setSystemTime(Date.now() + 11_000)
  expect((await visitor.get(late)).text).toContain('<h1>Your sign-in has expired</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('signing out revokes the tokens, ends the session here, and leads to the provider to end it there', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const { cookie } = visitor
  const { status, headers, text } = await visitor.post('/logout')
  expect(status).toBe(200)
  expect(visitor.cookie).toBe('')
  const [, url = ''] = /^0; url=(.*)$/.exec(headers.get('refresh') ?? '') ?? []
  expect(text).toContain('Sign out at Bouygues Telecom as well')
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

test('a request that was under way when the user signed out does not bring the session back', async () => {
  const sessions = new MemorySessions()
  await using site = await startSite({ stores: { ...memoryStores([randomBytes(32).toString('base64url')]), sessions } })
  const visitor = site.visit()
  await visitor.signIn()
  const { cookie } = visitor
  const touch = sessions.touch.bind(sessions)
  const thief = site.visit()
  thief.cookie = cookie
  let late: Promise<Answer> | undefined
  const write = await new Promise<() => void>((held) => {
    sessions.touch = (...written) => {
      sessions.touch = touch
      held(() => touch(...written))
    }
    late = thief.get('/')
  })
  await visitor.post('/logout')
  write()
  expect((await late)?.status).toBe(200)
  thief.cookie = cookie
  expect((await thief.get('/')).text).not.toContain('Camille Exemple')
})

test('who signed out elsewhere is asked to sign in again', async () => {
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

test('a user whose token was revoked goes on, by the refresh token', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const [token] = [...site.secrets].filter((secret) => secret.startsWith('at-'))
  site.emulator.bouygues.revoke(token)
  expect((await visitor.get('/profile')).text).toContain('1.2 GB of 20.0 GB used')
})

test('a provider that does not answer when a user signs out is no obstacle', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  await site.stopEmulator()
  expect((await visitor.post('/logout')).status).toBe(200)
  expect((await visitor.get('/profile')).status).toBe(401)
})
