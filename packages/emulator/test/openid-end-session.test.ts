import { base64url } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { ap4, production, useOpenId } from './openid-support.ts'
import { form, ways } from './support.ts'

const good = { user: 'emulated-user', password: 'emulated-password' }
const home = 'http://localhost:3000/'
const sites = ways.flatMap((way) => [production, ap4].map((site) => ({ way, site, base: site.base })))

describe.each(sites)('metadata and signing out at $base, $way', ({ way, site }) => {
  const { emulator, addressOf, send, json, authorizationUrl, callbackOf, exchange, tokens, refresh } = useOpenId(
    way,
    site,
  )
  const { bouygues } = emulator
  const discovery = `${site.base}/.well-known/openid-configuration`

  test('the metadata has the members of the page, and the URLs of the server', async () => {
    const response = await send(discovery)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    const moved = addressOf(site.base)
    expect(await response.json()).toEqual({
      issuer: moved,
      authorization_endpoint: `${moved}/authorize`,
      token_endpoint: `${moved}/token`,
      userinfo_endpoint: `${moved}/userinfo`,
      revocation_endpoint: `${moved}/revoke`,
      jwks_uri: `${moved}/jwks.json`,
      end_session_endpoint: addressOf(site.logout),
      response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
      response_modes_supported: ['query', 'fragment'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'identifiers', 'roles'],
      claims_supported:
        'sub aud iss iat auth_time exp login name family_name given_name email user_type login_type roles'.split(' '),
    })
  })

  test('the metadata can be edited', async () => {
    bouygues.editDiscovery = (metadata) => ({ ...metadata, issuer: 'https://someone-else.example' })
    expect((await json(discovery)).body).toMatchObject({
      issuer: 'https://someone-else.example',
      jwks_uri: addressOf(`${site.base}/jwks.json`),
    })
  })

  let browser = { headers: { Cookie: '' } }
  beforeEach(async () => {
    const response = await send(authorizationUrl(), form(good))
    browser = { headers: { Cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' } }
  })
  const isSignedIn = async () => (await send(authorizationUrl(), browser)).status === 302
  const signOut = async (fields: Record<string, string>, method = 'GET') => {
    const init = method === 'POST' ? form(fields, browser.headers) : { ...browser, method }
    const query = method === 'POST' ? '' : `?${new URLSearchParams(fields).toString()}`
    const response = await send(site.logout + query, init)
    return { status: response.status, location: response.headers.get('location'), text: await response.text() }
  }

  test.each(['GET', 'POST'])('the user is redirected by %s to the registered URL of the client', async (method) => {
    const { id_token: hint } = await tokens()
    const fields = { id_token_hint: hint, post_logout_redirect_uri: home, state: 'bye' }
    expect(await signOut(fields, method)).toMatchObject({ status: 303, location: `${home}?state=bye` })
    expect(await isSignedIn()).toBe(false)
  })

  test('the client is known by its id or by the hint, even by an expired one', async () => {
    const { id_token: hint } = await tokens()
    emulator.clock.advance(86_400_000)
    for (const fields of [{ client_id: 'emulated-client' }, { id_token_hint: hint }]) {
      expect(await signOut({ ...fields, post_logout_redirect_uri: home })).toMatchObject({
        status: 303,
        location: home,
      })
    }
  })

  test.each([
    ['an unregistered address', { client_id: 'emulated-client', post_logout_redirect_uri: `${home}elsewhere` }],
    ['an unknown client', { client_id: 'unknown', post_logout_redirect_uri: home }],
    ['no client', { post_logout_redirect_uri: home }],
  ])('with %s the user is signed out, and not redirected', async (_, fields) => {
    const { status, location, text } = await signOut(fields)
    expect([status, location]).toEqual([200, null])
    expect(text).toContain('You are signed out')
    expect(await isSignedIn()).toBe(false)
  })

  test('an invalid hint does not end the session', async () => {
    const { id_token: hint } = await tokens()
    const [head = '', , signature = ''] = hint.split('.')
    bouygues.users.set('other', { password: 'secret', claims: { sub: '2' } })
    const { code } = await callbackOf({}, { user: 'other', password: 'secret' })
    const { body: others } = await exchange(code)
    bouygues.editIdToken = ({ header }) => ({ header: { ...header, kid: 'unknown' }, payload: {} })
    const { id_token: strange } = await tokens()
    const hints: Record<string, string>[] = [
      { id_token_hint: 'no JWT' },
      { id_token_hint: strange },
      { id_token_hint: [head, base64url.encode(JSON.stringify({ aud: 'emulated-client' })), signature].join('.') },
      { id_token_hint: hint, client_id: 'second' },
      { id_token_hint: others.id_token },
    ]
    for (const fields of hints) {
      expect(await signOut({ ...fields, post_logout_redirect_uri: home })).toMatchObject({
        status: 400,
        location: null,
      })
    }
    expect(await isSignedIn()).toBe(true)
  })

  test('other methods and repeated parameters do not end the session', async () => {
    expect((await signOut({}, 'PUT')).status).toBe(405)
    expect((await send(`${site.logout}?state=1&state=2`, browser)).status).toBe(400)
    expect(await isSignedIn()).toBe(true)
  })

  test('refresh tokens outlive the session', async () => {
    bouygues.refreshTokens = true
    const { refresh_token: refreshToken } = await tokens()
    await signOut({})
    expect((await refresh(refreshToken)).status).toBe(200)
  })
})
