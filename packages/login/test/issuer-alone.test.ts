import { clientSecretPost } from '@oauthkit/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, expect, test, vi } from 'vitest'
import { createLogin, type LoginOptions } from '../src/index.ts'
import { errorOf } from './support.ts'

/** Each test has an issuer of its own, because metadata is kept for the whole process. */
let issuer: string
let count = 0

beforeEach(() => {
  count += 1
  issuer = `https://alone-${count}.example`
})

const redirectUri = 'https://app.example/callback'

/** A login that knows only its issuer. The endpoints are on another host, as those of some large providers are. */
function alone(members: Record<string, unknown> = {}, own: Partial<LoginOptions> = {}) {
  const requests: Request[] = []
  const metadata = {
    issuer,
    authorization_endpoint: 'https://accounts.example/auth',
    token_endpoint: 'https://tokens.example/token',
    revocation_endpoint: 'https://tokens.example/revoke',
    end_session_endpoint: 'https://accounts.example/logout',
    jwks_uri: 'https://keys.example/jwks',
    ...members,
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    return request.method === 'GET' ? Response.json(metadata) : Response.json({})
  }
  const login = createLogin({ issuer, clientId: 'app', clientSecret: 'secret', redirectUri, fetch, ...own })
  return { login, requests }
}

test('the issuer alone is enough: its metadata says where users sign in and out', async () => {
  const { login, requests } = alone()
  const { url, transaction } = await login.start()
  expect(url).toMatch(/^https:\/\/accounts\.example\/auth\?/)
  expect(transaction.issuer).toBe(issuer)
  expect(await login.endSessionUrl()).toMatch(/^https:\/\/accounts\.example\/logout\?/)
  expect(requests.map((request) => request.url)).toEqual([`${issuer}/.well-known/openid-configuration`])
})

test('the code is redeemed at the token endpoint of the metadata, with a client authentication that it accepts', async () => {
  const { login, requests } = alone({ token_endpoint_auth_methods_supported: ['client_secret_post'] })
  const { transaction } = await login.start()
  await errorOf(login.finish(`/callback?code=a-code&state=${transaction.state}`, transaction))
  const sent = requests.at(-1)
  expect(sent?.url).toBe('https://tokens.example/token')
  expect(await sent?.text()).toContain('client_secret=secret')
})

test('the option clientAuth takes precedence', async () => {
  const { login, requests } = alone({}, { clientAuth: clientSecretPost })
  await login.revoke({ accessToken: 'a-token' })
  const sent = requests.at(-1)
  expect(sent?.url).toBe('https://tokens.example/revoke')
  expect(await sent?.text()).toBe('token=a-token&token_type_hint=access_token&client_id=app&client_secret=secret')
})

test.each([
  ['another issuer', { issuer: 'https://evil.example' }, 'TOKEN_MALFORMED'],
  ['no authorization_endpoint', { authorization_endpoint: undefined }, 'TOKEN_MALFORMED'],
  ['no jwks_uri', { jwks_uri: undefined }, 'TOKEN_MALFORMED'],
  ['an insecure endpoint', { jwks_uri: 'http://keys.example' }, 'TOKEN_MALFORMED'],
])('metadata with %s is refused before the sign-in', async (_what, members, code) => {
  expect(await errorOf(alone(members).login.start())).toMatchObject({ code })
})

test('a secret that is missing is a TypeError, before the user is sent away', async () => {
  const { login } = alone({}, { clientSecret: undefined })
  expect(String(await errorOf(login.start()))).toContain('clientSecret is missing or empty')
})

test.each([
  ['neither a provider nor an issuer', {}],
  [
    'both',
    {
      issuer: 'https://id.example',
      provider: { name: 'x', tokenEndpoint: 'https://id.example/token', apis: [], clientAuth: clientSecretPost },
    },
  ],
])('%s is a TypeError', (_what, own) => {
  const options = { clientId: 'app', clientSecret: 'secret', redirectUri, ...own } as LoginOptions
  expect(() => createLogin(options)).toThrow(new TypeError('createLogin needs a provider, or an issuer, and not both'))
})

test.each(['http://id.example', 'id.example', 'https://id.example?a=b'])('the issuer %j is a TypeError', (wrong) => {
  expect(() => createLogin({ issuer: wrong, clientId: 'app', clientSecret: 'secret', redirectUri })).toThrow(TypeError)
})

test('other wrong options are a TypeError at once', () => {
  expect(() => alone({}, { timeoutMs: 0 })).toThrow(TypeError)
  expect(() => alone({}, { redirectUri: 'http://app.example' })).toThrow(TypeError)
})

test('an issuer that accepts no usual client authentication is a TypeError that says what to do', async () => {
  const { login } = alone({ token_endpoint_auth_methods_supported: ['private_key_jwt'] })
  const error = await errorOf(login.start())
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain('give the option clientAuth')
})

test('if the server then does not answer, a sign-in uses the old metadata within its time', async () => {
  vi.useFakeTimers()
  try {
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    }
    let answer = async () => Response.json(metadata)
    const fetch: typeof globalThis.fetch = () => answer()
    const login = createLogin({ issuer, clientId: 'app', clientSecret: 'secret', redirectUri, fetch, timeoutMs: 1000 })
    await login.start()
    answer = () => new Promise(() => {})
    await vi.advanceTimersByTimeAsync(3_600_000)
    const started = login.start()
    await vi.advanceTimersByTimeAsync(999)
    expect((await started).url).toMatch(`${issuer}/auth?`)
  } finally {
    vi.useRealTimers()
  }
})

test('the keys of the issuer are fetched once for many sign-ins', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const keys = [await exportJWK(publicKey)]
  const asked: string[] = []
  let nonce = ''
  const fetch: typeof globalThis.fetch = async (input) => {
    const { url } = new Request(input)
    asked.push(new URL(url).pathname)
    if (url.endsWith('/jwks')) return Response.json({ keys })
    if (!url.endsWith('/token')) {
      const [authorization_endpoint, token_endpoint] = [`${issuer}/auth`, `${issuer}/token`]
      return Response.json({ issuer, authorization_endpoint, token_endpoint, jwks_uri: `${issuer}/jwks` })
    }
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, sub: 'ada', aud: 'app', iat: now, exp: now + 60, nonce }
    const id_token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    return Response.json({ access_token: 'one', token_type: 'Bearer', id_token })
  }
  const login = createLogin({ issuer, clientId: 'app', clientSecret: 'secret', redirectUri, fetch })
  for (let round = 0; round < 3; round += 1) {
    const { transaction } = await login.start()
    ;({ nonce } = transaction)
    const { claims } = await login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
    expect(claims.sub).toBe('ada')
  }
  expect(asked).toEqual(['/.well-known/openid-configuration', '/token', '/jwks', '/token', '/token'])
})
