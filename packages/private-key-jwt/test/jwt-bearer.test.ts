import { createTokenSource, plainBasic, type Provider, type Token } from '@oauthkit/core'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { decodeJwt, jwtVerify } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { clientAssertion, jwtBearer, privateKeyJwt, type JwtBearerOptions } from '../src/index.ts'
import { makeKeys, type Keys } from './keys.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const provider: Provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: plainBasic,
}

let keys: Keys

beforeAll(async () => {
  keys = await makeKeys('RS256')
})

const grantOf = (options: Partial<JwtBearerOptions> = {}) => jwtBearer({ key: keys.pem, issuer: 'app', ...options })

/** Gets a token, and returns the form and the headers of the request. */
async function sent(options: Partial<JwtBearerOptions> = {}, own: Partial<Provider> = {}) {
  const server = createTokenEndpoint()
  const source = createTokenSource({ provider: { ...provider, ...own }, grant: grantOf(options), fetch: server.fetch })
  expect((await source.getToken()).accessToken).toBe('token-1')
  const [request] = server.requests
  return { form: new URLSearchParams(await request?.text()), headers: request?.headers }
}

test('the request has the grant and the assertion, and no other proof of the client', async () => {
  const { form, headers } = await sent({ scope: 'openid dpv:FraudPreventionAndDetection' })
  expect([...form.keys()]).toEqual(['grant_type', 'assertion'])
  expect(form.get('grant_type')).toBe(grantType)
  expect(headers?.has('authorization')).toBe(false)
})

test('the assertion has the claims of RFC 7523, the scope, and claims of your own', async () => {
  const claims = { acr: 'two' }
  const { form } = await sent({ subject: 'tel:+33600000000', scope: 'a b', claims, lifetimeMs: 300_000, keyId: 'one' })
  const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', keys.publicKey)
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: 'one' })
  const { iat = 0, exp = 0, jti, ...others } = payload
  expect(others).toEqual({ iss: 'app', sub: 'tel:+33600000000', aud: provider.tokenEndpoint, scope: 'a b', acr: 'two' })
  expect(exp - iat).toBe(300)
  expect(jti).toMatch(/^[\da-f-]{36}$/)
})

test('the subject is the issuer, unless it is given', async () => {
  const { form } = await sent()
  expect(decodeJwt(form.get('assertion') ?? '')).toMatchObject({ iss: 'app', sub: 'app' })
})

test.each([
  ['the token endpoint', {}, {}, provider.tokenEndpoint],
  ["the provider's assertionAudience", {}, { assertionAudience: 'https://id.example' }, 'https://id.example'],
  ['the option', { audience: 'own' }, { assertionAudience: 'https://id.example' }, 'own'],
])('the audience is %s', async (_what, options, own, audience) => {
  const { form } = await sent(options, own)
  expect(decodeJwt(form.get('assertion') ?? '').aud).toBe(audience)
})

test('each token request has a new assertion', async () => {
  const server = createTokenEndpoint()
  const source = createTokenSource({ provider, grant: grantOf(), fetch: server.fetch })
  const { accessToken } = await source.getToken()
  await source.getToken({ rejected: accessToken })
  const forms = await Promise.all(server.requests.map(async (request) => new URLSearchParams(await request.text())))
  const ids = forms.map((form) => decodeJwt(form.get('assertion') ?? '').jti)
  expect(new Set(ids).size).toBe(2)
})

test('claims that JSON cannot hold are a TypeError', () => {
  expect(() => grantOf({ claims: { size: 1n } })).toThrow('claims must hold only values that JSON can hold')
})

test('claims that change after the grant was made have no effect', async () => {
  const claims = { context: { tenant: 'one' } }
  const server = createTokenEndpoint()
  const source = createTokenSource({ provider, grant: grantOf({ claims }), fetch: server.fetch })
  claims.context.tenant = 'two'
  await source.getToken()
  const form = new URLSearchParams(await server.requests[0]?.text())
  expect(decodeJwt(form.get('assertion') ?? '')).toMatchObject({ context: { tenant: 'one' } })
})

test('a server that wants a client authentication in addition gets it', async () => {
  const { form } = await sent({ clientAuth: clientAssertion(() => 'signed-elsewhere') })
  expect([...form.keys()]).toEqual(['grant_type', 'assertion', 'client_assertion_type', 'client_assertion'])
})

test('sources with other claims or another key never share a token in a store', async () => {
  const other = await makeKeys('RS256')
  const server = createTokenEndpoint()
  const store = new Map<string, Token>()
  const ask = async (options: Partial<JwtBearerOptions>) =>
    (await createTokenSource({ provider, grant: grantOf(options), store, fetch: server.fetch }).getToken()).accessToken
  const differences: Partial<JwtBearerOptions>[] = [
    {},
    { subject: 'ada' },
    { subject: 'bob' },
    { subject: 'ada', scope: 'a' },
    { subject: 'ada', claims: { a: 1 } },
    { subject: 'ada', audience: 'other' },
    { issuer: 'other' },
    { key: other.pem },
    { clientAuth: privateKeyJwt({ key: other.pem, keyId: 'k' }) },
  ]
  const tokens = []
  for (const options of [...differences, ...differences]) tokens.push(await ask(options))
  expect(new Set(tokens).size).toBe(differences.length)
  for (const key of store.keys()) expect(key).toMatch(/^oauthkit:[0-9a-f]{64}$/)
})

test.each<[Partial<JwtBearerOptions>, string]>([
  [{ issuer: '' }, 'issuer must be a non-empty string'],
  [{ subject: '' }, 'subject must be a non-empty string'],
  [{ audience: '' }, 'audience must be a non-empty string'],
  [{ scope: '' }, 'scope must be a non-empty string'],
  [{ lifetimeMs: 1 }, 'lifetimeMs must be in milliseconds'],
  [{ claims: [] as never }, 'claims must be an object'],
  [{ claims: { iss: 'x' } }, 'claims must not hold iss: jwtBearer decides it'],
  [{ claims: { exp: 1 } }, 'claims must not hold exp: jwtBearer decides it'],
  [{ key: undefined }, 'the private key is missing'],
  [{ subjet: 'ada' } as never, 'subjet is not an option: check its spelling'],
])('the options %j are a TypeError', (options, message) => {
  expect(() => grantOf(options)).toThrow(TypeError)
  expect(() => grantOf(options)).toThrow(message)
})

// clientAssertion

/** Sends a token request with such an assertion. */
async function withAssertion(read: () => unknown) {
  const server = createTokenEndpoint()
  const clientAuth = clientAssertion(read as () => string)
  const source = createTokenSource({ provider: { ...provider, clientAuth }, clientId: 'app', fetch: server.fetch })
  const outcome = await source.getToken().catch((error: unknown) => error)
  return { outcome, form: new URLSearchParams(await server.requests[0]?.text()), sent: server.requests.length }
}

test('an assertion that something else has signed is sent without the line break of its file', async () => {
  const { form } = await withAssertion(async () => 'a.signed.assertion\n')
  expect(Object.fromEntries(form)).toEqual({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'a.signed.assertion',
  })
})

test('it is read again for each token request', async () => {
  const server = createTokenEndpoint()
  let count = 0
  const clientAuth = clientAssertion(() => `assertion-${(count += 1)}`)
  const source = createTokenSource({ provider: { ...provider, clientAuth }, clientId: 'app', fetch: server.fetch })
  const { accessToken } = await source.getToken()
  await source.getToken({ rejected: accessToken })
  const forms = await Promise.all(server.requests.map(async (request) => new URLSearchParams(await request.text())))
  expect(forms.map((form) => form.get('client_assertion'))).toEqual(['assertion-1', 'assertion-2'])
})

test.each([
  ['an empty file', () => '\n', { name: 'TypeError', message: expect.stringContaining('is missing') }],
  ['no text', () => undefined, { name: 'TypeError', message: expect.stringContaining('is missing') }],
  [
    'a file that is missing',
    () => {
      throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
    },
    { code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('ENOENT') },
  ],
])('with %s, nothing is sent', async (_what, read, error) => {
  const { outcome, sent: count } = await withAssertion(read)
  expect(outcome).toMatchObject(error)
  expect(count).toBe(0)
})

test('something else than a function is a TypeError at once', () => {
  expect(() => clientAssertion('an assertion' as never)).toThrow('clientAssertion needs a function')
})
