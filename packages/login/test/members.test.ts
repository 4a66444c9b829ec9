import type { Token } from '@oauthkit/core'
import { expect, test } from 'vitest'
import { userLogin } from '../src/index.ts'
import { complete, errorOf, scripted } from './support.ts'

/** Returns a token whose ID token names a user. */
const tokenOf = (sub: unknown, claims: object = {}): Token => ({
  accessToken: 'access',
  refreshToken: 'refresh',
  idToken: `e30.${Buffer.from(JSON.stringify({ sub, ...claims })).toString('base64url')}.x`,
})

test.each([
  ['has no ID token', { accessToken: 'access' }],
  ['has an ID token that cannot be read', { accessToken: 'access', idToken: 'x' }],
  ['has an ID token that names no user', tokenOf(5)],
])('user info for a token that %s is a TypeError, and nothing is sent', async (_what, token) => {
  const { login, asked } = scripted(complete, () => Response.json({}))
  expect(await errorOf(login.userInfo(token))).toEqual(
    new TypeError('example: the token has no ID token: give the token of finish(), or a renewal of it'),
  )
  expect(asked).toEqual([])
})

test('user info must be about the user who signed in', async () => {
  const { login } = scripted(complete, () => Response.json({ sub: 'jürgen', name: 'J' }))
  expect(await login.userInfo(tokenOf('jürgen'))).toEqual({ sub: 'jürgen', name: 'J' })
  expect(await errorOf(login.userInfo(tokenOf('other')))).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test('an error does not show a token that the userinfo endpoint repeats', async () => {
  const challenge = 'Bearer error="invalid_token", error_description="access is bad"'
  const { login } = scripted(
    complete,
    () =>
      new Response(null, {
        status: 401,
        headers: { 'www-authenticate': challenge, 'x-request-id': btoa('1 access 1') },
      }),
  )
  expect(await errorOf(login.userInfo(tokenOf('u')))).toMatchObject({
    errorDescription: '[redacted] is bad',
    requestId: '[redacted]',
  })
})

test.each<[string, () => Response, object]>([
  [
    'a challenge without its scheme',
    () => new Response(null, { status: 401, headers: { 'www-authenticate': 'error="invalid_token"' } }),
    { status: 401, error: 'invalid_token' },
  ],
  ['JSON', () => Response.json({ error: 'insufficient_scope' }, { status: 403 }), { error: 'insufficient_scope' }],
  [
    'HTML',
    () => new Response('<html>', { status: 400, headers: { 'content-type': 'text/html', 'x-request-id': 'r1' } }),
    { status: 400, requestId: 'r1' },
  ],
])('a userinfo endpoint that rejects the token with %s is TOKEN_REFUSED', async (_what, answer, details) => {
  const { login } = scripted(complete, answer)
  expect(await errorOf(login.userInfo(tokenOf('u')))).toMatchObject({ code: 'TOKEN_REFUSED', ...details })
})

test('an endless response is refused after about 1 MB', async () => {
  const chunk = new Uint8Array(65_536)
  let read = 0
  const endless = () => {
    const body = new ReadableStream({
      pull: (controller) => {
        read += chunk.length
        controller.enqueue(chunk)
      },
    })
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  }
  const { login } = scripted(complete, endless)
  expect(await errorOf(login.userInfo(tokenOf('u')))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  expect(read).toBeLessThan(2_000_000)
})

test('a userinfo endpoint that gives no reason for a 401 is TOKEN_REFUSED', async () => {
  const { login } = scripted(complete, () => new Response(null, { status: 401 }))
  const refused = { code: 'TOKEN_REFUSED', provider: 'example', status: 401 }
  expect(await errorOf(login.userInfo(tokenOf('u')))).toMatchObject(refused)
})

test('signed user info with a wrong signature is refused', async () => {
  const claims = Buffer.from(JSON.stringify({ sub: 'u' })).toString('base64url')
  const header = Buffer.from(JSON.stringify({ alg: 'RS256' })).toString('base64url')
  const { login, asked } = scripted(complete, () =>
    asked.length > 1
      ? Response.json({ keys: [] })
      : new Response(`${header}.${claims}.AAAA`, { headers: { 'content-type': 'application/jwt' } }),
  )
  expect(await errorOf(login.userInfo(tokenOf('u')))).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test('revoke sends the refresh token first, then the access token', async () => {
  const { login, asked } = scripted(complete, () => new Response())
  await login.revoke(tokenOf('u'))
  expect(asked).toEqual([complete.revocationEndpoint, complete.revocationEndpoint])
})

test('revoke sends the second token even if the first one fails, and is then an OAuthError', async () => {
  const { login, asked } = scripted(complete, () =>
    asked.length === 1 ? new Response(null, { status: 503 }) : new Response(),
  )
  expect(await errorOf(login.revoke(tokenOf('u')))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(asked).toHaveLength(2)
})

test('a revocation that fails is an OAuthError', async () => {
  const { login } = scripted(complete, () => new Response(null, { status: 503 }))
  expect(await errorOf(login.revoke(tokenOf('u')))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('the log-out URL names the session to end, and where the user goes next', async () => {
  const { login } = scripted(complete, () => new Response())
  const token = tokenOf('u')
  const url = new URL(await login.endSessionUrl({ token, postLogoutRedirectUri: 'https://app.example/', state: 's' }))
  expect(url.origin + url.pathname).toBe('https://id.example/logout')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    id_token_hint: token.idToken,
    client_id: 'app',
    post_logout_redirect_uri: 'https://app.example/',
    state: 's',
  })
})

test.each([
  ['endSessionEndpoint', 'endSessionUrl'],
  ['userinfoEndpoint', 'userInfo'],
  ['revocationEndpoint', 'revoke'],
] as const)('without the endpoint %s of the provider, %s is a TypeError that names it', async (endpoint, member) => {
  const { login } = scripted({ ...complete, [endpoint]: undefined }, () => new Response())
  const argument = member === 'endSessionUrl' ? {} : tokenOf('u')
  const error = await errorOf(login[member](argument as never))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain(`example: ${endpoint} is`)
})

test('a refreshed ID token must have the same user, issuer and client', () => {
  const reasonOf = (token: Token) => userLogin().checkRefreshed?.(token, tokenOf('u'))
  expect(reasonOf(tokenOf('u'))).toBeUndefined()
  expect(reasonOf({ accessToken: 'access' })).toBeUndefined()
  expect(reasonOf(tokenOf('other'))).toMatch(/^an ID token with another user/)
  expect(reasonOf(tokenOf('u', { iss: 'https://evil.example' }))).toMatch(/^an ID token with another user/)
  expect(reasonOf(tokenOf('u', { aud: ['app', 'other'] }))).toMatch(/^an ID token with another user/)
  expect(reasonOf({ accessToken: 'access', idToken: 'x' })).toMatch(/^an ID token with another user/)
})

test('user info is requested with the provider’s method, and with the token in the header', async () => {
  for (const method of [undefined, 'POST'] as const) {
    const { login, requests } = scripted({ ...complete, userinfoMethod: method }, () => Response.json({ sub: 'u' }))
    // oxlint-disable-next-line no-await-in-loop -- only two
    await login.userInfo(tokenOf('u'))
    expect(requests).toMatchObject([{ method: method ?? 'GET', redirect: 'manual' }])
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer access')
    expect(requests[0]?.headers.get('accept')).toBe('application/json')
  }
})

test('a revocation names the type of each token', async () => {
  const { login, requests } = scripted(complete, () => new Response())
  await login.revoke(tokenOf('u'))
  const forms = await Promise.all(requests.map(async (request) => new URLSearchParams(await request.text())))
  expect(forms.map((form) => [form.get('token'), form.get('token_type_hint')])).toEqual([
    ['refresh', 'refresh_token'],
    ['access', 'access_token'],
  ])
})

test('a log-out without options sends only the client id', async () => {
  const { login } = scripted(complete, () => new Response())
  expect(Object.fromEntries(new URL(await login.endSessionUrl()).searchParams)).toEqual({ client_id: 'app' })
})
