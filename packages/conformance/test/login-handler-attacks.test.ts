import { bouygues, bouyguesAp4 } from '@oauthkit/bouygues'
import { createTokenSource, tokensBy, type Provider, type Token } from '@oauthkit/core'
import { emulated } from '@oauthkit/emulator'
import { createLogin, userLogin } from '@oauthkit/login'
import { createLoginHandler, type LoginFailure } from '@oauthkit/login/handler'
import { expect, test } from 'vitest'
import { wrongCallbacks, wrongIdTokens } from './attack-list.ts'
import { openCookieBrowser, type CookieBrowser } from './cookie-browser.ts'
import { passSeconds } from './pass-seconds.ts'
import { shownBy } from './strings-within.ts'
import { startSite } from './support.ts'

const clientId = 'emulated-client'

/** What the handler answers to each code of a refusal. */
const reasons: Readonly<Record<string, [status: number, reason: LoginFailure['reason']]>> = {
  TOKEN_MISSING: [400, 'expired'],
  TOKEN_MALFORMED: [502, 'refused'],
  TOKEN_REFUSED: [502, 'refused'],
  TOKEN_UNAVAILABLE: [503, 'unavailable'],
}

/** Starts an emulated Bouygues Telecom, and an app with a handler, whose pages show what failed. */
async function startApp({ own = bouyguesAp4, clientSecret = 'emulated-secret', path = '/callback' } = {}) {
  const { url: server, control } = await startSite()
  const redirectUri = `https://app.example${path}`
  const misbehave = (how: string, body: object) => control('order', `bouygues/${how}`, body)
  await misbehave('redirect-uris', { clientId, redirectUris: [redirectUri] })
  const provider: Provider = emulated(own, server)
  const store = new Map<string, Token>()
  const failures: LoginFailure[] = []
  const client = { provider, clientId, clientSecret }
  const options = {
    login: createLogin({ ...client, redirectUri, scope: 'openid' }),
    tokensOf: tokensBy((key) => createTokenSource({ ...client, grant: userLogin(), store, key })),
    secret: 'a secret of 32 characters or more',
  }
  const record = (failure: LoginFailure) => void failures.push(failure)
  const auth = createLoginHandler({
    ...options,
    toUser: async ({ token, claims, login }) => ({ id: claims.sub, name: (await login.userInfo(token))['name'] }),
    onWarning: () => {},
  })
  // The page of the handler itself is looked at, and what the app gets to know.
  const watched = createLoginHandler({
    ...options,
    onWarning: () => {},
    onFailure: (failure) => {
      record(failure)
      return new Response(failure.message, { status: failure.status })
    },
  })
  const comeBack = async (browser: CookieBrowser, how = {}) => {
    const { headers } = await browser.send('/login')
    return control('signIn', headers.get('location') ?? '', how)
  }
  return { auth, watched, options, store, failures, misbehave, comeBack, client, redirectUri }
}

/** Expects that a callback is refused by the handler: no session, nothing stored, and no secret shown. */
async function expectRefusal(
  { auth, watched, store, failures, comeBack, client }: Awaited<ReturnType<typeof startApp>>,
  [status, reason]: readonly [status: number, reason: LoginFailure['reason']],
  { how = {}, edit = (callback: string) => callback } = {},
) {
  for (const handler of [auth, watched]) {
    const browser = openCookieBrowser(handler)
    // oxlint-disable no-await-in-loop -- one after the other
    const callback = edit(await comeBack(browser, how))
    const cookies = [...browser.jar.values()]
    const response = await browser.send(callback)
    expect(response.status).toBe(status)
    const text = await response.text()
    // oxlint-enable no-await-in-loop
    const code = new URL(callback).searchParams.get('code') ?? 'that there is none'
    const state = new URL(callback).searchParams.get('state') ?? 'that there is none'
    for (const secret of [code, state, client.clientSecret, ...cookies])
      expect(text + shownBy(failures.at(-1))).not.toContain(secret)
    expect([...browser.jar.keys()].filter((name) => !name.includes('sign-in'))).toEqual([])
  }
  expect(failures).toMatchObject([{ reason, status }])
  expect(store.size).toBe(0)
}

test('a sign-in at an honest server succeeds', async () => {
  const { auth, comeBack } = await startApp()
  const browser = openCookieBrowser(auth)
  expect((await browser.send(await comeBack(browser))).status).toBe(303)
  expect(await auth.userOf(browser.request())).toMatchObject({ name: 'Camille Exemple' })
})

test.each(wrongIdTokens)('the handler refuses a wrong ID token, and stores nothing: %s', async (_what, edit) => {
  const app = await startApp()
  await app.misbehave('edit-id-token', edit)
  await expectRefusal(app, [502, 'refused'])
})

test.each(wrongCallbacks)('the handler refuses a callback that %s', async (_what, patch, code) => {
  const app = await startApp()
  await app.misbehave('edit-callback', patch)
  await expectRefusal(app, reasons[code] ?? [0, 'expired'])
})

test.each<[string, (url: URL) => void]>([
  ['two states', (url) => url.searchParams.append('state', url.searchParams.get('state') ?? '')],
  ['two states, of which one is forged', (url) => url.searchParams.append('state', 'forged')],
])('the handler refuses a callback with %s', async (_what, change) => {
  const edit = (callback: string) => {
    const url = new URL(callback)
    change(url)
    return url.href
  }
  await expectRefusal(await startApp(), [400, 'expired'], { edit })
})

test('a sign-in that the user denies ends with the status 403', async () => {
  await expectRefusal(await startApp(), [403, 'denied'], { how: { deny: true } })
})

test('a callback is used once: a second one signs no other browser in, and leaves the user signed in', async () => {
  const { watched, comeBack, failures } = await startApp()
  const [browser, thief] = [openCookieBrowser(watched), openCookieBrowser(watched)]
  const callback = await comeBack(browser)
  for (const [name, value] of browser.jar) thief.jar.set(name, value)
  expect((await browser.send(callback)).status).toBe(303)
  // The user has loaded the page again.
  const again = await browser.send(callback)
  expect([again.status, again.headers.get('location')]).toEqual([303, 'https://app.example/'])
  expect((await thief.send(callback)).status).toBe(400)
  expect(failures).toMatchObject([{ reason: 'expired' }])
  expect([await watched.userOf(browser.request()), await watched.userOf(thief.request())]).toEqual([
    expect.objectContaining({}),
    undefined,
  ])
})

test('the provider refuses a callback whose sign-in another process has finished', async () => {
  const { auth, watched, comeBack, failures } = await startApp()
  const [browser, copy] = [openCookieBrowser(auth), openCookieBrowser(watched)]
  const callback = await comeBack(browser)
  for (const [name, value] of browser.jar) copy.jar.set(name, value)
  expect((await browser.send(callback)).status).toBe(303)
  expect((await copy.send(callback)).status).toBe(400)
  expect(failures).toMatchObject([{ reason: 'expired', error: { error: 'invalid_grant' } }])
})

test('a stolen code does not work in the sign-in of the thief', async () => {
  const { watched, comeBack, redirectUri, store } = await startApp()
  const [victim, thief] = [openCookieBrowser(watched), openCookieBrowser(watched)]
  const code = new URL(await comeBack(victim)).searchParams.get('code') ?? ''
  const state = new URL(await comeBack(thief)).searchParams.get('state') ?? ''
  const forged = `${redirectUri}?${new URLSearchParams({ code, state }).toString()}`
  expect((await thief.send(forged)).status).toBe(400)
  expect([await watched.userOf(thief.request()), store.size]).toEqual([undefined, 0])
})

test('the callback of a thief does not sign the victim in as the thief', async () => {
  const { watched, comeBack, store } = await startApp()
  const [victim, thief] = [openCookieBrowser(watched), openCookieBrowser(watched)]
  const callback = await comeBack(thief)
  await comeBack(victim)
  expect((await victim.send(callback)).status).toBe(400)
  expect([await watched.userOf(victim.request()), store.size]).toEqual([undefined, 0])
})

test('the cookies of a sign-in at another provider are refused', async () => {
  const app = await startApp()
  const other = await startApp({ own: bouygues, path: '/other-callback' })
  const browser = openCookieBrowser(app.watched)
  const callback = await app.comeBack(browser)
  const elsewhere = openCookieBrowser(other.watched)
  await other.comeBack(elsewhere)
  const [[name]] = [...browser.jar] as [[string, string]]
  const [[, value]] = [...elsewhere.jar] as [[string, string]]
  browser.jar.set(name, value)
  expect((await browser.send(callback)).status).toBe(400)
  expect(app.failures).toMatchObject([{ reason: 'expired' }])
})

test('a clock that is wrong is named to the app, and not to the user', async () => {
  const app = await startApp()
  passSeconds(7200)
  const browser = openCookieBrowser(app.watched)
  const response = await browser.send(await app.comeBack(browser))
  expect(await response.text()).not.toContain('clock')
  expect(app.failures[0]?.error?.message).toMatch(/s ahead of the clock of the token endpoint/)
})

test('a wrong client secret is refused, and not shown', async () => {
  await expectRefusal(await startApp({ clientSecret: 'the-wrong-secret' }), [502, 'refused'])
})

test('metadata of another issuer is refused before the user is sent anywhere', async () => {
  const app = await startApp({ own: bouygues })
  await app.misbehave('edit-discovery', { issuer: 'https://evil.example' })
  const response = await openCookieBrowser(app.watched).send('/login')
  expect([response.status, response.headers.get('location'), response.headers.getSetCookie()]).toEqual([502, null, []])
})

test('user info about another user ends the sign-in', async () => {
  const app = await startApp()
  await app.misbehave('edit-user-info', { sub: 'another-user' })
  const browser = openCookieBrowser(app.auth)
  expect((await browser.send(await app.comeBack(browser))).status).toBe(502)
  expect([await app.auth.userOf(browser.request()), app.store.size]).toEqual([undefined, 0])
})
