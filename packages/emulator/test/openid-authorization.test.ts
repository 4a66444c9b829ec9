import { describe, expect, test } from 'vitest'
import { createEmulator, signIn } from '../src/index.ts'
import { ap4, callback, pkce, production, useOpenId } from './openid-support.ts'
import { form, ways } from './support.ts'

const good = { user: 'emulated-user', password: 'emulated-password' }
const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const sites = ways.flatMap((way) => [production, ap4].map((site) => ({ way, site, base: site.base })))

describe.each(sites)('signing in at $base, $way', ({ way, site }) => {
  const { emulator, send, addressOf, authorizationUrl, callbackOf, json } = useOpenId(way, site)
  const { bouygues } = emulator

  const page = async (more?: Parameters<typeof authorizationUrl>[0], init?: RequestInit) => {
    const response = await send(authorizationUrl(more), init)
    return { status: response.status, location: response.headers.get('location'), text: await response.text() }
  }

  test('shows a form with labels for user and password, which cannot be cached or framed', async () => {
    const response = await send(authorizationUrl())
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).toContain('<html lang="en">')
    expect(text).toContain('<form method="post">')
    for (const name of ['user', 'password']) {
      expect(text).toContain(`<label for="${name}">`)
      expect(text).toContain(`<input id="${name}" name="${name}"`)
    }
    expect(text).toContain('<button name="action" value="sign-in">Sign in</button>')
    expect(text).toContain('<button name="action" value="deny" formnovalidate>Deny</button>')
    expect(text).not.toContain('<script')
    const nonce = /<style nonce="([^"]+)">/.exec(text)?.[1]
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self' http://localhost:3000; base-uri 'none'; frame-ancestors 'none'`,
    )
  })

  test('redirects the user with a code and the state, and nothing else', async () => {
    const response = await send(authorizationUrl(), form(good))
    expect(response.status).toBe(303)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe(callback)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      code: expect.stringMatching(new RegExp(`^ac-${uuid}$`)),
      state: 'the state',
    })
    expect(await callbackOf({ state: undefined })).toEqual({ code: expect.any(String) })
  })

  test('keeps the query of a redirect URI', async () => {
    bouygues.redirectUris.set('emulated-client', [callback, `${callback}?tenant=1`])
    expect(await callbackOf({ redirect_uri: `${callback}?tenant=1` })).toMatchObject({
      tenant: '1',
      state: 'the state',
    })
  })

  test('allows forms to lead to an app with a custom scheme', async () => {
    bouygues.redirectUris.set('emulated-client', [callback, 'com.example.app:/callback'])
    const url = authorizationUrl({ redirect_uri: 'com.example.app:/callback' })
    expect((await send(url)).headers.get('content-security-policy')).toContain("form-action 'self' com.example.app:;")
    expect((await send(url, form(good))).headers.get('location')).toMatch(/^com\.example\.app:\/callback\?code=ac-/)
  })

  test.each([{ password: 'guess' }, { user: 'unknown' }, { user: '' }])(
    'shows the page again, with a message, for %j',
    async (wrong) => {
      const { status, location, text } = await page({}, form({ ...good, ...wrong }))
      expect([status, location]).toEqual([403, null])
      expect(text).toContain('<p role="alert">The user or the password is wrong.</p>')
      expect(text).toContain('<form method="post">')
    },
  )

  test('signs in users who are added', async () => {
    bouygues.users.set('other', { password: 'secret', claims: { sub: '2' } })
    expect(await callbackOf({}, { user: 'other', password: 'secret' })).toHaveProperty('code')
    expect((await page({}, form({ user: 'other', password: 'emulated-password' }))).status).toBe(403)
  })

  test('tells the client that the user denied the request', async () => {
    const denied = { error: 'access_denied', error_description: 'The user denied the request', state: 'the state' }
    expect(await callbackOf({}, { deny: true })).toEqual(denied)
    bouygues.denyLogin = true
    expect(await callbackOf()).toEqual(denied)
    expect((await page()).location).toContain('error=access_denied')
  })

  test.each([
    ['an unknown client', { client_id: 'unknown' }, 'client_id'],
    ['no client', { client_id: undefined }, 'client_id'],
    ['no redirect URI', { redirect_uri: undefined }, 'redirect_uri'],
    ['an unregistered redirect URI', { redirect_uri: `${callback}/` }, 'redirect_uri'],
    ['a prefix of a redirect URI', { redirect_uri: 'http://localhost:3000/' }, 'redirect_uri'],
  ])('with %s never redirects, even with a correct password', async (_, more, what) => {
    for (const init of [undefined, form(good), form({ action: 'deny' })]) {
      const { status, location, text } = await page(more, init)
      expect([status, location]).toEqual([400, null])
      expect(text).toContain(`<p role="alert">The ${what}`)
      expect(text).not.toContain('<form')
    }
  })

  test('shows an unregistered redirect URI as text, and those that are registered', async () => {
    const shown = await (await send(authorizationUrl({ redirect_uri: `${callback}/<b>` }))).text()
    expect(shown).toContain(`It is <code>${callback}/&lt;b&gt;</code>`)
    expect(shown).toContain(`<li><code>${callback}</code></li>`)
    expect(shown).not.toContain('<b>')
  })

  test('refuses the redirect URI of another client', async () => {
    bouygues.clients.set('second', 'secret')
    expect((await page({ client_id: 'second' })).status).toBe(400)
    bouygues.redirectUris.set('second', [callback])
    expect((await page({ client_id: 'second' })).status).toBe(200)
    bouygues.redirectUris.delete('second')
    bouygues.clients.delete('second')
  })

  test('shows an error page for a repeated parameter, another method, or a malformed form', async () => {
    expect(await page({}, form({ ...good, state: 'another' }))).toMatchObject({ status: 400, location: null })
    const twice = await send(`${authorizationUrl()}&redirect_uri=https://example.com/`)
    expect([twice.status, await twice.text()]).toEqual([
      400,
      expect.stringContaining('Repeated parameter redirect_uri'),
    ])
    expect(await page({}, { method: 'PUT', body: '' })).toMatchObject({ status: 405, location: null })
    expect(await page({}, { method: 'POST', body: '{}' })).toMatchObject({ status: 400, location: null })
  })

  test.each([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge: pkce.challenge, code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without a method', { code_challenge: pkce.challenge }, 'invalid_request'],
    ['a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['a malformed challenge', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
    ['a malformed max_age', { max_age: '-1' }, 'invalid_request'],
    ['prompt none and login', { prompt: 'none login' }, 'invalid_request'],
  ])('with %s redirects the user with an error', async (_, more, error) => {
    expect(await callbackOf(more)).toEqual({ error, error_description: expect.any(String), state: 'the state' })
  })

  test('takes an authorization request by POST, and keeps its parameters in the form', async () => {
    const { searchParams, origin, pathname } = new URL(authorizationUrl({ state: '"><script>' }))
    const url = origin + pathname
    const shown = await (await send(url, form(Object.fromEntries(searchParams)))).text()
    expect(shown).toContain('<input type="hidden" name="state" value="&quot;&gt;&lt;script&gt;" />')
    expect(shown).toContain(`<input type="hidden" name="redirect_uri" value="${callback}" />`)
    const response = await send(url, form({ ...Object.fromEntries(searchParams), ...good }))
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('state')).toBe('"><script>')
  })

  test('escapes the values on the page', async () => {
    const id = `<a b="c" d='e'>&`
    bouygues.clients.set(id, 'secret')
    bouygues.redirectUris.set(id, [callback])
    expect((await page({ client_id: id })).text).toContain(
      '<p>&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp; asks you to sign in.</p>',
    )
    bouygues.clients.delete(id)
    bouygues.redirectUris.delete(id)
  })

  test('edits the callback', async () => {
    bouygues.editCallback = (honest) => ({ ...honest, state: undefined, iss: 'https://someone-else.example' })
    expect(await callbackOf()).toEqual({ code: expect.any(String), iss: 'https://someone-else.example' })
    expect(await callbackOf({}, { deny: true })).toMatchObject({ iss: 'https://someone-else.example' })
  })

  test('is not counted as an API call', async () => {
    await callbackOf()
    await json(`${site.base}/.well-known/openid-configuration`)
    expect(bouygues.counters).toMatchObject({ apiCalls: 0, tokenRequests: 0 })
  })

  describe('with the session of a browser', () => {
    const cookiesOf = (response: Response) => response.headers.getSetCookie()
    /** Signs in, and keeps the cookie like a browser. */
    const session = async () => {
      const response = await send(authorizationUrl(), form(good))
      return { headers: { Cookie: cookiesOf(response)[0]?.split(';')[0] ?? '' } }
    }

    test('the cookie is for these two paths only, and scripts cannot read it', async () => {
      const paths = [`${site.base}/authorize`, site.logout].map((url) => new URL(addressOf(url)).pathname)
      const documented = way === 'in process' ? '; Domain=bouyguestelecom.fr; Secure' : ''
      const cookies = cookiesOf(await send(authorizationUrl(), form(good)))
      expect(cookies.map((cookie) => cookie.replace(/=[\w-]{32};/, '=…;'))).toEqual(
        paths.map((path) => `emulated-session=…; Path=${path}; HttpOnly; SameSite=Lax${documented}`),
      )
    })

    test('the user is redirected without a form, until the session ends', async () => {
      const browser = await session()
      const again = await page({}, browser)
      expect([again.status, again.location]).toEqual([302, expect.stringContaining('code=ac-')])
      expect((await page({ prompt: 'none' }, browser)).location).toContain('code=ac-')
      expect((await page({ prompt: 'login' }, browser)).status).toBe(200)

      const out = await send(site.logout, browser)
      expect([out.status, await out.text()]).toEqual([200, expect.stringContaining('You are signed out')])
      expect(cookiesOf(out)).toHaveLength(2)
      for (const cookie of cookiesOf(out)) expect(cookie).toMatch(/^emulated-session=; Path=\S+; .*; Max-Age=0/)
      expect((await page({}, browser)).status).toBe(200)
      expect((await page({ prompt: 'none' }, browser)).location).toContain('error=login_required')
    })

    test('prompt none without a session is refused, and so are an unknown cookie and a deleted user', async () => {
      expect((await page({ prompt: 'none' })).location).toContain('error=login_required')
      const headers = { Cookie: 'a=b; emulated-session=guess' }
      expect((await page({ prompt: 'none' }, { headers })).location).toContain('error=login_required')
      bouygues.users.set('other', { password: 'secret', claims: { sub: '2' } })
      const response = await send(authorizationUrl(), form({ user: 'other', password: 'secret' }))
      const browser = { headers: { Cookie: cookiesOf(response)[0]?.split(';')[0] ?? '' } }
      expect((await page({}, browser)).status).toBe(302)
      bouygues.users.delete('other')
      expect((await page({}, browser)).status).toBe(200)
    })

    test('max_age asks for the password when the session is older', async () => {
      const browser = await session()
      expect((await page({ max_age: '60' }, browser)).status).toBe(302)
      emulator.clock.advance(61_000)
      expect((await page({ max_age: '60' }, browser)).status).toBe(200)
      expect((await page({ max_age: '3600' }, browser)).status).toBe(302)
    })

    test('reset() ends it', async () => {
      const browser = await session()
      bouygues.reset()
      expect((await page({}, browser)).status).toBe(200)
    })
  })
})

test('signIn() says why the sign-in failed', async () => {
  const { fetch } = createEmulator()
  await expect(signIn('https://oauth2.bouyguestelecom.fr/authorize', { fetch })).rejects.toThrow(
    'The sign-in failed: 400 The client_id is unknown.',
  )
})
