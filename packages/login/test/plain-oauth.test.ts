import type { IDToken } from 'oauth4webapi'
import type { Provider } from '@oauthkit/core'
import { clientSecretBasic } from '@oauthkit/core'
import { expect, expectTypeOf, test } from 'vitest'
import { createLogin, type Login, type LoginOptions } from '../src/index.ts'
import { complete, errorOf, scripted } from './support.ts'

/** A server that knows only OAuth 2.0: it has no issuer, no keys and no ID tokens. */
const plain: Provider = {
  name: 'plain',
  authorizationEndpoint: 'https://id.example/authorize',
  tokenEndpoint: 'https://other.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}

const token = { access_token: 'one', token_type: 'bearer', refresh_token: 'two', scope: 'profile' }

test('with a scope without openid, a sign-in returns the token, and no claims', async () => {
  const { login, requests } = scripted(plain, () => Response.json(token), { scope: 'profile email' })
  const { url, transaction } = await login.start()
  const { searchParams } = new URL(url)
  expect(searchParams.get('scope')).toBe('profile email')
  expect(searchParams.get('code_challenge_method')).toBe('S256')
  expect(searchParams.has('nonce')).toBe(false)
  const finished = await login.finish(`/callback?code=a-code&state=${transaction.state}`, transaction)
  expect(finished).toEqual({
    token: expect.objectContaining({ accessToken: 'one', refreshToken: 'two', scope: 'profile' }),
    claims: undefined,
  })
  expect(requests.map((request) => request.url)).toEqual(['https://other.example/token'])
  const form = new URLSearchParams(await requests[0]?.text())
  expect(Object.fromEntries(form)).toEqual({
    grant_type: 'authorization_code',
    code: 'a-code',
    redirect_uri: 'https://app.example/callback',
    code_verifier: transaction.codeVerifier,
  })
})

test('a provider with an issuer works in the same way, and an ID token that comes along is neither read nor returned', async () => {
  const answer = { ...token, id_token: 'not.a.jwt' }
  const { login } = scripted(complete, () => Response.json(answer), { scope: 'profile' })
  const { transaction } = await login.start()
  const { claims, token: received } = await login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  expect(claims).toBe(undefined)
  expect(received).not.toHaveProperty('idToken')
})

test.each(['openid', 'openid profile', 'profile openid', 'a openid b'])(
  'with the scope %j, an ID token is required',
  async (scope) => {
    const { login } = scripted(complete, () => Response.json(token), { scope })
    const { transaction } = await login.start()
    const finished = login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
    expect(await errorOf(finished)).toMatchObject({ code: 'TOKEN_MALFORMED' })
  },
)

test.each(['openid2', 'my-openid', 'OPENID'])('the scope %j is not openid', async (scope) => {
  const { login } = scripted(complete, () => Response.json(token), { scope })
  const { transaction } = await login.start()
  const { claims } = await login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  expect(claims).toBe(undefined)
})

test('with an empty scope, an ID token is required of a provider with an issuer', async () => {
  const { login } = scripted(complete, () => Response.json(token), { scope: '' })
  const { transaction } = await login.start()
  const finished = login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  expect(await errorOf(finished)).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test('with an empty scope, a provider without an issuer is plain OAuth 2.0', async () => {
  const { login } = scripted(plain, () => Response.json(token), { scope: '' })
  const { url, transaction } = await login.start()
  expect(new URL(url).searchParams.has('scope')).toBe(false)
  const { claims } = await login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  expect(claims).toBe(undefined)
})

test.each([
  ['no issuer', {}, 'plain: issuer is missing: ID tokens cannot be checked without it (for plain OAuth 2.0'],
  ['an empty issuer', { issuer: '' }, 'plain: issuer is missing'],
])('without a scope, %s is a TypeError', (_what, own, message) => {
  expect(() => scripted({ ...plain, ...own }, () => new Response())).toThrow(message)
})

test('without an issuer, the data must say where users sign in', () => {
  const { authorizationEndpoint: _none, ...data } = plain
  expect(() => scripted(data, () => new Response(), { scope: 'profile' })).toThrow(
    new TypeError('plain: authorizationEndpoint is missing, and there is no issuer to ask'),
  )
})

test('maxAge is a TypeError, because only an ID token can confirm it', async () => {
  const { login } = scripted(plain, () => new Response(), { scope: 'profile' })
  expect(String(await errorOf(login.start({ maxAge: 60 })))).toContain('plain: maxAge needs the scope openid')
})

test('user info is a TypeError, because nothing says whom it must be about', async () => {
  const provider = { ...plain, userinfoEndpoint: 'https://id.example/me' }
  const { login, requests } = scripted(provider, () => Response.json({ sub: 'u' }), { scope: 'profile' })
  expect(await errorOf(login.userInfo({ accessToken: 'one' }))).toBeInstanceOf(TypeError)
  expect(requests).toEqual([])
})

test('state and PKCE protect it as they do any sign-in', async () => {
  const { login, requests } = scripted(plain, () => Response.json(token), { scope: 'profile' })
  const { transaction } = await login.start()
  for (const callback of ['/callback?code=a', `/callback?code=a&state=x`, `/other?code=a&state=${transaction.state}`])
    expect(await errorOf(login.finish(callback, transaction))).toMatchObject({ code: 'TOKEN_MISSING' })
  const mixed = `/callback?code=a&state=${transaction.state}&iss=https://evil.example`
  expect(await errorOf(login.finish(mixed, transaction))).toMatchObject({ code: 'TOKEN_MALFORMED' })
  expect(requests).toEqual([])
})

test('a transaction of one server is refused by a login at another one', async () => {
  const own = { scope: 'profile' }
  const { login } = scripted(plain, () => Response.json(token), own)
  const other = scripted({ ...plain, tokenEndpoint: 'https://evil.example/token' }, () => Response.json(token), own)
  const { transaction } = await login.start()
  const callback = `/callback?code=a&state=${transaction.state}`
  expect(await errorOf(other.login.finish(callback, transaction))).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(other.requests).toEqual([])
})

test('the type of the claims follows the scope', () => {
  const options = {
    provider: complete,
    clientId: 'app',
    clientSecret: 'secret',
    redirectUri: 'https://app.example/callback',
  }
  const anyScope: string = ['profile'].join(' ')
  type Of<Made> = Made extends Login<infer _Info, infer Claims> ? Claims : never
  const make = {
    none: createLogin(options),
    openid: createLogin({ ...options, scope: 'openid' }),
    among: createLogin({ ...options, scope: 'profile openid email' }),
    plain: createLogin({ ...options, scope: 'profile' }),
    similar: createLogin({ ...options, scope: 'openid2' }),
    empty: createLogin({ ...options, scope: '' }),
    any: createLogin({ ...options, scope: anyScope }),
    begins: createLogin({ ...options, scope: `${anyScope} email` }),
    ends: createLogin({ ...options, scope: `email ${anyScope}` }),
    around: createLogin({ ...options, scope: `openid ${anyScope}` }),
    options: createLogin(options as LoginOptions),
  }
  expectTypeOf<Of<typeof make.none>>().toEqualTypeOf<IDToken>()
  expectTypeOf<Of<typeof make.openid>>().toEqualTypeOf<IDToken>()
  expectTypeOf<Of<typeof make.among>>().toEqualTypeOf<IDToken>()
  expectTypeOf<Of<typeof make.plain>>().toEqualTypeOf<undefined>()
  expectTypeOf<Of<typeof make.similar>>().toEqualTypeOf<undefined>()
  expectTypeOf<Of<typeof make.empty>>().toEqualTypeOf<IDToken | undefined>()
  expectTypeOf<Of<typeof make.any>>().toEqualTypeOf<IDToken | undefined>()
  expectTypeOf<Of<typeof make.begins>>().toEqualTypeOf<IDToken | undefined>()
  expectTypeOf<Of<typeof make.ends>>().toEqualTypeOf<IDToken | undefined>()
  expectTypeOf<Of<typeof make.around>>().toEqualTypeOf<IDToken>()
  expectTypeOf<Of<typeof make.options>>().toEqualTypeOf<IDToken | undefined>()
  expect(Object.keys(make)).toHaveLength(11)
})

test.each([[['openid']], [null], [7]])('the scope %j is a TypeError that says what it must be', (scope) => {
  expect(() => scripted(plain, () => new Response(), { scope: scope as never })).toThrow(
    new TypeError('plain: scope must be one text, its words separated by spaces'),
  )
})
