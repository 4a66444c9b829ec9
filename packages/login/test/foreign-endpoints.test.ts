import type { Provider } from '@oauthkit/core'
import { describe, expect, test } from 'vitest'
import { complete, errorOf, least, metadata, scripted } from './support.ts'

const sandboxOf = (base: string) => ({
  issuer: base,
  authorizationEndpoint: `${base}/authorize`,
  tokenEndpoint: `${base}/token`,
  userinfoEndpoint: `${base}/userinfo`,
  revocationEndpoint: `${base}/revoke`,
  endSessionEndpoint: `${base}/logout`,
  jwksUri: `${base}/jwks`,
})

/** Sandboxes on another host, on a subdomain, and under another path. */
const sandboxes = ['https://sandbox.example', 'https://sandbox.id.example/ap4', 'https://id.example:8443'].map(
  sandboxOf,
)
const realm = sandboxOf('https://keycloak.example/realms/live')
const otherRealm = sandboxOf('https://keycloak.example/realms/live-test')

const metadataOf = ({ issuer, ...urls }: ReturnType<typeof sandboxOf>) => ({
  issuer,
  authorization_endpoint: urls.authorizationEndpoint,
  token_endpoint: urls.tokenEndpoint,
  userinfo_endpoint: urls.userinfoEndpoint,
  revocation_endpoint: urls.revocationEndpoint,
  end_session_endpoint: urls.endSessionEndpoint,
  jwks_uri: urls.jwksUri,
})

const cases = [
  ...sandboxes.map((sandbox) => [complete, sandbox] as const),
  [{ ...complete, ...realm }, otherRealm] as const,
]

const signInEndpoints = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] as const
type Part = keyof ReturnType<typeof sandboxOf>

/** Every way to change some of these members, but not all. */
const partsOf = <Name extends string>(names: readonly Name[]): Name[][] =>
  Array.from({ length: 2 ** names.length - 2 }, (_, bits) => names.filter((_name, index) => ((bits + 1) >> index) & 1))

const token = { accessToken: 'access', idToken: `e30.${btoa('{"sub":"u"}')}.x` }

describe.each(cases)('a sandbox that is a spread of production, %#', (production, sandbox) => {
  test('sends no user, no code and no secret to production, no matter which members are forgotten', async () => {
    const changes = partsOf<Part>(['issuer', ...signInEndpoints])
    expect(changes).toHaveLength(14)
    const outcomes = changes.map(async (changed) => {
      const spread = { ...production, ...Object.fromEntries(changed.map((name) => [name, sandbox[name]])) } as Provider
      const issuers = spread.issuer === sandbox.issuer ? sandbox : sandboxOf(production.issuer)
      const start = async () => scripted(spread, () => Response.json(metadataOf(issuers))).login.start()
      return [changed, (await errorOf(start())) instanceof TypeError]
    })
    expect(await Promise.all(outcomes)).toEqual(changes.map((changed) => [changed, true]))
  })

  test('is refused before a user is sent to production, if the rest is the sandbox', async () => {
    const { issuer, tokenEndpoint, jwksUri } = sandbox
    for (const changed of [
      { issuer, tokenEndpoint, jwksUri },
      { issuer, tokenEndpoint },
      { issuer, jwksUri },
    ]) {
      const provider = { ...production, ...changed }
      const { login } = scripted(provider, () => Response.json(metadataOf(sandbox)))
      // oxlint-disable-next-line no-await-in-loop -- few
      const error = await errorOf(login.start())
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toContain(
        `example: the authorizationEndpoint is not below the issuer ${issuer}, and the issuer's metadata does not name it: correct it`,
      )
    }
  })

  test.each([
    ['userinfoEndpoint', 'userInfo'],
    ['revocationEndpoint', 'revoke'],
    ['endSessionEndpoint', 'endSessionUrl'],
  ] as const)('does not use the %s of production', async (endpoint, member) => {
    const provider = { ...production, ...sandbox, [endpoint]: production[endpoint] }
    const { login, asked } = scripted(provider, () => Response.json(metadataOf(sandbox)))
    await login.start()
    expect(asked).toEqual([])
    const error = await errorOf(login[member](token))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain(`the ${endpoint} is not below the issuer ${sandbox.issuer}`)
    expect(asked).toEqual([`${sandbox.issuer}/.well-known/openid-configuration`])
  })

  test('works if all members are changed, without metadata', async () => {
    const { login, asked } = scripted({ ...production, ...sandbox }, () => new Response(null, { status: 500 }))
    expect((await login.start()).url).toContain(`${sandbox.issuer}/authorize?`)
    expect(await login.endSessionUrl()).toContain(`${sandbox.issuer}/logout?`)
    expect(asked).toEqual([])
  })
})

/** Providers whose endpoints are on other hosts than their issuer, or not below it. */
const google = {
  issuer: 'https://accounts.google.com',
  authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenEndpoint: 'https://oauth2.googleapis.com/token',
  userinfoEndpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
  revocationEndpoint: 'https://oauth2.googleapis.com/revoke',
  endSessionEndpoint: 'https://accounts.google.com/logout',
  jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
}
const microsoft = {
  issuer: 'https://login.microsoftonline.com/tenant/v2.0',
  authorizationEndpoint: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/authorize',
  tokenEndpoint: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
  userinfoEndpoint: 'https://graph.microsoft.com/oidc/userinfo',
  revocationEndpoint: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/revoke',
  endSessionEndpoint: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/logout',
  jwksUri: 'https://login.microsoftonline.com/tenant/discovery/v2.0/keys',
}
const cognito = {
  ...sandboxOf('https://acme.auth.eu-west-1.amazoncognito.com/oauth2'),
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/pool',
  jwksUri: 'https://cognito-idp.eu-west-1.amazonaws.com/pool/.well-known/jwks.json',
}

describe.each([
  ['Google', google],
  ['Microsoft', microsoft],
  ['Amazon Cognito', cognito],
])('endpoints of %s that are not below its issuer', (_name, urls) => {
  const provider = { ...complete, ...urls }

  test('are used if its metadata names them', async () => {
    const { login, asked } = scripted(provider, () => Response.json(metadataOf(urls)))
    expect((await login.start()).url).toContain(`${urls.authorizationEndpoint}?`)
    expect(await login.endSessionUrl()).toContain(`${urls.endSessionEndpoint}?`)
    expect(asked).toEqual([`${urls.issuer}/.well-known/openid-configuration`])
  })

  test('are used without metadata if the login names them', async () => {
    const trustedEndpoints = Object.values(urls)
    const { login, asked } = scripted(provider, () => new Response(null, { status: 500 }), { trustedEndpoints })
    expect((await login.start()).url).toContain(`${urls.authorizationEndpoint}?`)
    expect(await login.endSessionUrl()).toContain(`${urls.endSessionEndpoint}?`)
    expect(asked).toEqual([])
  })

  test('are not used if its metadata cannot be fetched, and the error names them', async () => {
    const { login } = scripted(provider, () => new Response(null, { status: 404 }))
    const error = await errorOf(login.start())
    expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
    expect(String(error)).toMatch(/the look-up of its metadata, to confirm the .*tokenEndpoint/)
  })
})

test.each([
  ['https://token.example', true],
  ['https://token.example/', true],
  ['https://token.example/oauth', true],
  ['https://token.example/oauth/token', true],
  ['https://token.example/oa', false],
  ['https://token.example/oauth/token/more', false],
  ['https://token.example:8443', false],
  ['https://other.example', false],
])('a trusted URL counts by whole path segments: %s', async (url, isTrusted) => {
  const provider = { ...complete, tokenEndpoint: 'https://token.example/oauth/token' }
  const { login, asked } = scripted(provider, () => new Response(null, { status: 500 }), { trustedEndpoints: [url] })
  await login.start().catch(() => {})
  expect(asked).toHaveLength(isTrusted ? 0 : 1)
})

test('a trusted URL leaves the other endpoints to the metadata', async () => {
  const trustedEndpoints = [cognito.tokenEndpoint]
  const { login } = scripted({ ...complete, ...cognito }, () => Response.json(metadataOf(cognito)), {
    trustedEndpoints,
  })
  expect((await login.start()).url).toContain(`${cognito.authorizationEndpoint}?`)
})

const elsewhere = 'https://api.example/openid'
const discovered = metadataOf({ ...sandboxOf(elsewhere), issuer: complete.issuer })

test.each([
  ['https://api.example/openid/.well-known/openid-configuration', true],
  ['https://api.example/.well-known/openid-configuration/openid', true],
  ['https://api.example/openid/metadata', true],
  ['https://api.example/other/.well-known/openid-configuration', false],
  ['https://other.example/openid/.well-known/openid-configuration', false],
])('metadata also confirms the endpoints below its own folder: %s', async (discoveryUrl, isConfirmed) => {
  const provider = { ...complete, ...sandboxOf(elsewhere), issuer: complete.issuer, discoveryUrl }
  const incomplete = { ...discovered, token_endpoint: undefined }
  const { login, asked } = scripted(provider, () => Response.json(incomplete))
  const outcome = await login.start().catch((error: unknown) => error)
  expect(outcome instanceof TypeError).toBe(!isConfirmed)
  expect(asked).toEqual([discoveryUrl])
})

test('metadata of another issuer confirms nothing', async () => {
  const discoveryUrl = `${elsewhere}/.well-known/openid-configuration`
  const provider = { ...complete, ...sandboxOf(elsewhere), issuer: 'https://sandbox.example', discoveryUrl }
  const { login } = scripted(provider, () => Response.json(discovered))
  expect(await errorOf(login.start())).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MALFORMED' })
})

test('an endpoint that a step does not need is confirmed only by the step that needs it', async () => {
  const provider = { ...least, endSessionEndpoint: 'https://elsewhere.example/logout' }
  const { login } = scripted(provider, () => Response.json(metadata))
  expect((await login.start()).url).toContain(`${metadata.authorization_endpoint}?`)
  const error = await errorOf(login.endSessionUrl())
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain('the endSessionEndpoint is not below the issuer')
})

test.each<[string, () => Response | Promise<Response>]>([
  ['cannot be reached', () => Promise.reject(Object.assign(new TypeError('x'), { code: 'ECONNREFUSED' }))],
  ['is down', () => new Response(null, { status: 503 })],
  ['has no metadata', () => new Response(null, { status: 404 })],
  ['never answers', () => new Promise(() => {})],
])('if the server that must confirm an endpoint %s, the error says what is missing', async (_what, answer) => {
  const { login } = scripted({ ...complete, tokenEndpoint: 'https://keycloak.internal:8443/token' }, answer, {
    timeoutMs: 100,
  })
  const why = 'the look-up of its metadata, to confirm the tokenEndpoint, unless trustedEndpoints names it'
  expect(await errorOf(login.start())).toMatchObject({
    name: 'OAuthError',
    message: expect.stringMatching(new RegExp(`^example: ${why}: `)),
  })
})
