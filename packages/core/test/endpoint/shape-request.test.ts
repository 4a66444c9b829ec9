import { expect, test } from 'vitest'
import {
  clientSecretPost,
  plainBasic,
  revoke,
  type ClientAuth,
  type Provider,
  type TokenRequestShape,
  type TokenSourceOptions,
} from '../../src/index.ts'
import { errorOf, grant, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

const shaped = (tokenRequest: unknown, own: Partial<Provider> = {}): Provider => ({
  ...provider,
  clientAuth: plainBasic,
  tokenRequest: tokenRequest as TokenRequestShape,
  ...own,
})

/** Gets a token, and returns the request that the token endpoint received. */
async function sentFor(described: Provider, options: TokenSourceOptions = {}) {
  const endpoint = tokenEndpoint()
  await sourceOver(endpoint, { provider: described, ...options }).getToken()
  return endpoint.requests[0] as Request
}

test('a GET has the parameters in its query, after those of the URL, and has no body', async () => {
  const own = { tokenEndpoint: 'https://id.example/oauth/generate?realm=a%2Fb' }
  const request = await sentFor(shaped({ method: 'GET' }, own), { scope: 'a b', resource: ['x', 'y'] })
  expect(request.method).toBe('GET')
  expect(request.url).toBe(
    'https://id.example/oauth/generate?realm=a%2Fb&scope=a+b&resource=x&resource=y&grant_type=client_credentials',
  )
  expect(request.body).toBe(null)
  expect(Object.fromEntries(request.headers)).toEqual({
    accept: 'application/json',
    authorization: `Basic ${btoa(`app:${secret}`)}`,
    'cache-control': 'no-store',
    'x-request-id': expect.any(String),
  })
})

test('a body of JSON has the parameters as members, and a repeated one as a list', async () => {
  const request = await sentFor(shaped({ body: 'json' }, { clientAuth: clientSecretPost }), {
    parameters: { audience: 'a' },
    resource: ['x', 'y'],
  })
  expect(request.method).toBe('POST')
  expect(request.headers.get('content-type')).toBe('application/json')
  expect(await request.json()).toEqual({
    audience: 'a',
    resource: ['x', 'y'],
    grant_type: 'client_credentials',
    client_id: 'app',
    client_secret: secret,
  })
})

const withParameter =
  (name: string, value = 'S3cret-value'): ClientAuth =>
  ({ form }) =>
    form.set(name, value)

test.each([
  ['client_secret', clientSecretPost],
  ['client_assertion', withParameter('client_assertion')],
  ['assertion', withParameter('assertion')],
  ['password', withParameter('password')],
  ['code', withParameter('code')],
  ['code_verifier', withParameter('code_verifier')],
  ['device_code', withParameter('device_code')],
  ['refresh_token', withParameter('refresh_token')],
  ['subject_token', withParameter('subject_token')],
  ['id_token_hint', withParameter('id_token_hint')],
  ['key, a parameter with the client secret', withParameter('key', secret)],
  ['clientSecret', withParameter('clientSecret')],
  ['Password', withParameter('Password')],
  ['refreshToken', withParameter('refreshToken')],
  ['key, a parameter with the pair in base64', withParameter('key', btoa(`app:${secret}`))],
  ['key, a parameter with the secret in a URL', withParameter('key', `x=${encodeURIComponent(secret)}`)],
  ...['api_key', 'apiKey', 'access_key', 'passwd', 'pwd', 'pin', 'otp', 'jwt', 'credential', 'signature'].map(
    (name): [string, ClientAuth] => [name, withParameter(name)],
  ),
  ['authorization_code', withParameter('authorization_code')],
])('a GET that would put %s into the URL is a TypeError, and is not sent', async (name, clientAuth) => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { provider: shaped({ method: 'GET' }, { clientAuth }) })
  const error = (await errorOf(source.getToken())) as TypeError
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(`tokenRequest: ${name.split(',')[0]} cannot be sent by GET`)
  expect(error.message).not.toMatch(/S3cr/)
  expect(endpoint.requests).toEqual([])
})

test.each(['country_code', 'tokens', 'hints'])('a GET can have the parameter %s, which is no secret', async (name) => {
  const request = await sentFor(shaped({ method: 'GET' }), { parameters: { [name]: 'CM' } })
  expect(new URL(request.url).searchParams.get(name)).toBe('CM')
})

test('a GET can have a client id that contains the client secret, such as that of a sandbox', async () => {
  const post: ClientAuth = ({ clientId, form }) => form.set('client_id', clientId)
  const request = await sentFor(shaped({ method: 'GET' }, { clientAuth: post }), { clientId: `app-${secret}` })
  expect(new URL(request.url).searchParams.get('client_id')).toBe(`app-${secret}`)
})

test.each([[{}], [{ method: 'PUT' }], [{ method: 'get' }], [{ body: 'xml' }], [{ method: 'GET', body: 'json' }]])(
  'the shape %j is a TypeError, and nothing is sent',
  async (shape) => {
    const endpoint = tokenEndpoint()
    const error = await errorOf(sourceOver(endpoint, { provider: shaped(shape) }).getToken())
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain("tokenRequest must be { method: 'GET' } or { body: 'json' }")
    expect(endpoint.requests).toEqual([])
  },
)

test.each(['GET', 7, true])('the shape %j is a TypeError at construction', (shape) => {
  expect(() => sourceOver(tokenEndpoint(), { provider: shaped(shape) })).toThrow(
    new TypeError('example: provider.tokenRequest must be a plain object'),
  )
})

test('a revocation is a form, also if token requests have another shape', async () => {
  const endpoint = tokenEndpoint(new Response())
  const described = shaped({ body: 'json' }, { revocationEndpoint: 'https://id.example/revoke' })
  const client = { provider: described, clientId: 'app', clientSecret: secret, fetch: endpoint.fetch }
  await revoke({ ...client, token: 'a-token' })
  expect(endpoint.requests[0]?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  expect(await endpoint.requests[0]?.text()).toContain('token=a-token')
})

test.each([
  ['access_token', ['access_token']],
  ['Access_Token', ['access_token']],
  ['BearerToken', ['mac', 'bearertoken']],
  ['bearer', ['access_token']],
])('a token_type %j is accepted with the tokenTypes %j, and is sent as Bearer', async (token_type, tokenTypes) => {
  const endpoint = tokenEndpoint(grant('one', { token_type }))
  const source = sourceOver(endpoint, { provider: { ...provider, tokenTypes } })
  await source.getToken()
  expect(source.peek()).toBe('Bearer one')
})

test.each([
  ['access_token', undefined],
  ['DPoP', ['access_token']],
  ['', ['access_token']],
  [7, ['7']],
])('a token_type %j with the tokenTypes %j is TOKEN_MALFORMED', async (token_type, tokenTypes) => {
  const endpoint = tokenEndpoint(grant('one', { token_type }))
  const source = sourceOver(endpoint, { provider: { ...provider, tokenTypes } })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_MALFORMED',
    message: expect.stringContaining('a token_type other than bearer'),
  })
})
