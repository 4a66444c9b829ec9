import {
  bearerFetch,
  clientSecretBasic,
  clientSecretPost,
  createTokenSource,
  discover,
  none,
  revoke,
  type ClientAuth,
  type Provider,
  type TokenSourceOptions,
} from '@oauthkit/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, emulated, type GenericOptions } from '../src/index.ts'
import { serve, type EmulatorServer } from '../src/server.ts'
import { ways } from './support.ts'

const acme: Provider = {
  name: 'acme',
  tokenEndpoint: 'https://id.acme.example/token?realm=main',
  revocationEndpoint: 'https://id.acme.example/revoke',
  apis: ['https://api.acme.example/v1'],
  exceptApis: ['https://api.acme.example/v1/admin'],
  clientAuth: clientSecretBasic,
}

const routes = { 'GET /v1/shops': () => Response.json(['a shop']) }
const shops = 'https://api.acme.example/v1/shops'

let server: EmulatorServer | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

/** Emulates a provider, and returns what a program needs to use it. */
async function start(way: (typeof ways)[number], own: Partial<Provider> = {}, options: Partial<GenericOptions> = {}) {
  const described = { ...acme, ...own }
  const emulator = createEmulator({ providers: { acme: { provider: described, routes, ...options } } })
  if (way === 'over HTTP') server = await serve(emulator)
  const url = server?.url
  const provider = url === undefined ? described : emulated(described, url)
  const send = url === undefined ? emulator.fetch : fetch
  const client = { provider, clientId: 'emulated-client', clientSecret: 'emulated-secret', fetch: send }
  const sourceOf = (more: TokenSourceOptions = {}) => createTokenSource({ ...client, ...more })
  const at = (address: string) => (url === undefined ? address : address.replace('https:/', url))
  return { controls: emulator.providers.acme, emulator, provider, client, send, sourceOf, at }
}

describe.each(ways)('a provider of your own, %s', (way) => {
  test('issues tokens, and answers calls with its own routes', async () => {
    const { sourceOf, send, at, controls } = await start(way)
    const call = bearerFetch(sourceOf({ scope: 'a b' }), send)
    expect(await (await call(at(shops))).json()).toEqual(['a shop'])
    expect((await call(at('https://api.acme.example/v1/none'))).status).toBe(404)
    expect((await call(at(shops), { method: 'POST' })).status).toBe(405)
    expect(await (await call(at('https://api.acme.example/v1/echo'))).json()).toMatchObject({ method: 'GET' })
    expect(controls.counters).toMatchObject({ tokenRequests: 1, tokensIssued: 1, apiCalls: 4, apiRejections: 0 })
  })

  test('a path can have a route for each method', async () => {
    const both = { ...routes, 'POST /v1/shops': () => new Response('made', { status: 201 }) }
    const { sourceOf, send, at } = await start(way, {}, { routes: both })
    const call = bearerFetch(sourceOf(), send)
    expect((await call(at(shops))).status).toBe(200)
    expect((await call(at(shops), { method: 'POST' })).status).toBe(201)
    const refused = await call(at(shops), { method: 'PUT' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })

  test('accepts assertions that are signed with the key of the client, each of them one time', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const publicKeys = { signer: await exportJWK(publicKey) }
    const { client, at } = await start(way, {}, { publicKeys })
    const sign = (own: Record<string, unknown> = {}) =>
      new SignJWT({ iss: 'signer', sub: 'signer', aud: acme.tokenEndpoint, jti: crypto.randomUUID(), ...own })
        .setProtectedHeader({ alg: 'RS256' })
        .setExpirationTime('1m')
        .sign(privateKey)
    const post = async (fields: Record<string, string>, secret?: string) => {
      const body = new URLSearchParams(fields)
      const headers = secret ? { authorization: `Basic ${btoa(`emulated-client:${secret}`)}` } : {}
      const response = await client.fetch(at(acme.tokenEndpoint), { method: 'POST', body, headers })
      return response.ok ? 'a token' : ((await response.json()) as { error: string }).error
    }
    const type = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
    const machine = { grant_type: 'client_credentials' }
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }
    const once = await sign()
    const wrong = await sign({ aud: 'https://other.example' })
    const outcomes = [
      await post({ ...machine, ...type, client_assertion: once }),
      await post({ ...machine, ...type, client_assertion: once }),
      await post({ ...machine, client_assertion: await sign() }),
      await post({ ...machine, ...type, client_assertion: wrong }),
      await post({ ...grant, assertion: await sign() }),
      await post({ ...grant, assertion: wrong }),
      await post({ ...grant, assertion: await sign(), ...type, client_assertion: await sign() }),
      await post({ ...grant, assertion: wrong, ...type, client_assertion: await sign() }),
      await post({ ...grant, assertion: await sign() }, 'emulated-secret'),
      await post({ ...grant, assertion: await sign() }, 'another-secret'),
      await post({ ...grant, assertion: wrong }, 'emulated-secret'),
      await post({ ...machine, ...type, client_assertion: await sign() }, 'emulated-secret'),
      await post({ ...grant, ...type, client_assertion: await sign() }),
    ]
    expect(outcomes).toEqual([
      'a token',
      'invalid_client',
      'invalid_client',
      'invalid_client',
      'a token',
      'invalid_client',
      'a token',
      'invalid_client',
      'a token',
      'invalid_client',
      'invalid_client',
      'invalid_client',
      'invalid_grant',
    ])
  })

  test.each<[string, ClientAuth]>([
    ['clientSecretBasic', clientSecretBasic],
    ['clientSecretPost', clientSecretPost],
    ['none', none],
    [
      'a header of its own',
      ({ headers, clientId, clientSecret }) => headers.set('authorization', `Own ${clientId} ${clientSecret}`),
    ],
  ])('accepts the client authentication that its data has, and no other: %s', async (_name, clientAuth) => {
    const { sourceOf } = await start(way, { clientAuth })
    expect((await sourceOf().getToken()).accessToken).toBeTypeOf('string')
    const others = [clientSecretBasic, clientSecretPost, none].filter((one) => one !== clientAuth)
    for (const other of others)
      await expect(sourceOf({ clientAuth: other }).getToken()).rejects.toMatchObject({ error: 'invalid_client' })
  })

  test('refuses a wrong secret and an unknown client', async () => {
    const { sourceOf } = await start(way)
    for (const wrong of [{ clientSecret: 'guess' }, { clientId: 'unknown' }])
      await expect(sourceOf(wrong).getToken()).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test.each<[string, Partial<Provider>]>([
    ['GET', { tokenRequest: { method: 'GET' } }],
    ['JSON', { tokenRequest: { body: 'json' }, clientAuth: clientSecretPost }],
    ['another token type', { tokenTypes: ['access_token'] }],
  ])('has the shape of its data: %s', async (_name, own) => {
    const { sourceOf, provider } = await start(way, own)
    await sourceOf().getToken()
    const { tokenRequest: _shape, tokenTypes: _types, ...others } = provider
    await expect(sourceOf({ provider: others }).getToken()).rejects.toMatchObject({ name: 'OAuthError' })
  })

  test("wants the parameters of the token endpoint's own URL", async () => {
    const { sourceOf, provider } = await start(way)
    const without = { ...provider, tokenEndpoint: provider.tokenEndpoint.replace('?realm=main', '') }
    await expect(sourceOf({ provider: without }).getToken()).rejects.toMatchObject({ error: 'invalid_request' })
  })

  test('refuses a revocation whose token is in the URL', async () => {
    const { sourceOf, send, at, provider } = await start(way, { clientAuth: clientSecretPost })
    const { accessToken } = await sourceOf().getToken()
    const url = `${provider.revocationEndpoint}?token=${accessToken}`
    const body = new URLSearchParams({
      token: accessToken,
      client_id: 'emulated-client',
      client_secret: 'emulated-secret',
    })
    expect((await send(url, { method: 'POST', body })).status).toBe(400)
    const answer = await send(at(shops), { headers: { authorization: `Bearer ${accessToken}` } })
    expect(answer.status).toBe(200)
  })

  test('can answer under names of its own', async () => {
    const writeTokenResponse: GenericOptions['writeTokenResponse'] = (members) => ({ data: members })
    const readTokenResponse: Provider['readTokenResponse'] = (members) => members['data'] as typeof members
    const { sourceOf } = await start(way, { readTokenResponse }, { writeTokenResponse })
    expect((await sourceOf().getToken()).accessToken).toBeTypeOf('string')
    await expect(sourceOf({ clientSecret: 'guess' }).getToken()).rejects.toMatchObject({ error: 'invalid_client' })
  })

  test('rejects calls without a token, with a revoked or an expired one, and outside of its APIs', async () => {
    const { sourceOf, send, at, client, controls, emulator } = await start(way)
    const { accessToken } = await sourceOf().getToken()
    const statusOf = async (url: string, token = accessToken) =>
      (await send(at(url), { headers: { authorization: `Bearer ${token}` } })).status
    expect(await statusOf(shops)).toBe(200)
    expect(await statusOf(shops, 'unknown')).toBe(401)
    expect(await statusOf('https://api.acme.example/v1/admin/x')).toBe(401)
    expect(await statusOf('https://api.acme.example/v2/shops')).toBe(401)
    emulator.clock.advance(3_600_000)
    expect(await statusOf(shops)).toBe(401)
    const second = await sourceOf().getToken()
    await revoke({ ...client, token: second.accessToken })
    expect(await statusOf(shops, second.accessToken)).toBe(401)
    expect(controls.counters.apiRejections).toBe(5)
  })

  test('wants the headers that its data adds', async () => {
    const headers = () => ({ 'x-api-key': 'a-key' })
    const { sourceOf, send, at, provider } = await start(way, { headers })
    expect((await bearerFetch(sourceOf(), send)(at(shops))).status).toBe(200)
    const { headers: _none, ...without } = provider
    expect((await bearerFetch(sourceOf({ provider: without }), send)(at(shops))).status).toBe(400)
  })

  test('accepts each token for one call, if its data says so', async () => {
    const { sourceOf, send, at, controls } = await start(way, { singleUse: true })
    const call = bearerFetch(sourceOf(), send)
    expect([(await call(at(shops))).status, (await call(at(shops))).status]).toEqual([200, 200])
    expect(controls.counters.tokensIssued).toBe(2)
    const { accessToken } = await sourceOf().getToken()
    const authorization = `Bearer ${accessToken}`
    expect((await send(at(shops), { headers: { authorization } })).status).toBe(200)
    expect((await send(at(shops), { headers: { authorization } })).status).toBe(401)
  })

  test('knows further grants, each with a check of its form', async () => {
    const grants = { password: (form: URLSearchParams) => form.get('password') === 'pass' }
    const { sourceOf } = await start(way, {}, { grants })
    const grantOf = (password: string) => ({
      name: 'password',
      identity: '',
      parameters: () => ({ grant_type: 'password', username: 'ada', password }),
    })
    expect((await sourceOf({ grant: grantOf('pass') }).getToken()).accessToken).toBeTypeOf('string')
    await expect(sourceOf({ grant: grantOf('guess') }).getToken()).rejects.toMatchObject({ error: 'invalid_grant' })
    const unknown = { ...grantOf('pass'), parameters: () => ({ grant_type: 'toString' }) }
    await expect(sourceOf({ grant: unknown }).getToken()).rejects.toMatchObject({ error: 'unsupported_grant_type' })
  })

  test('has the faults that all emulated providers have', async () => {
    const { sourceOf, send, at, controls } = await start(way)
    controls.answerTokenRequests(1, { status: 503 })
    const call = bearerFetch(sourceOf(), send)
    expect((await call(at(shops))).status).toBe(200)
    expect(controls.counters.tokenRequests).toBe(2)
    controls.answerApiCalls(1, { status: 401 })
    expect((await call(at(shops))).status).toBe(200)
    controls.reset()
    expect(controls.counters.tokenRequests).toBe(0)
  })
})

test('a provider in a network of containers answers http: on the hosts that it names', async () => {
  const provider = {
    ...acme,
    tokenEndpoint: 'http://keycloak:8080/token',
    apis: ['http://shop:3000'],
    exceptApis: [],
    insecureHosts: ['keycloak:8080', 'shop:3000'],
  }
  const { fetch: send } = createEmulator({
    providers: { acme: { provider, routes: { 'GET /a': () => new Response('a') } } },
  })
  const client = { provider, clientId: 'emulated-client', clientSecret: 'emulated-secret', fetch: send }
  expect(await (await bearerFetch(createTokenSource(client), send)('http://shop:3000/a')).text()).toBe('a')
  await expect(send('http://id.acme.example/token')).rejects.toThrow('fetch failed')
})

test.each([
  ['orange', acme],
  ['clock', acme],
  ['acme', { ...acme, tokenEndpoint: 'https://api.orange.com/token' }],
])('the name %s with a host or a name of another provider is a TypeError', (name, provider) => {
  expect(() => createEmulator({ providers: { [name]: { provider } } })).toThrow(TypeError)
})

test.each(['/v1/shops', 'get /v1/shops', 'GET v1/shops', 'GET'])('the route %j is a TypeError', (route) => {
  const wrong = { provider: acme, routes: { [route]: () => new Response() } }
  expect(() => createEmulator({ providers: { acme: wrong } })).toThrow('must be a method and a path')
})

test.each([
  ['the token endpoint', { tokenEndpoint: 'http://keycloak:8080/token' }],
  ['an API', { apis: ['http://shop:3000'] }],
])('%s at http: whose host is not named is a TypeError', (_what, own) => {
  expect(() => createEmulator({ providers: { acme: { provider: { ...acme, ...own } } } })).toThrow(
    /^acme: the host of http:.* must be https:, or named in insecureHosts$/,
  )
})

test('clients can be a Map', async () => {
  const clients = new Map([['app', 's3cret']])
  const { fetch: send } = createEmulator({ providers: { acme: { provider: acme, clients } } })
  const source = createTokenSource({ provider: acme, clientId: 'app', clientSecret: 's3cret', fetch: send })
  expect((await source.getToken()).accessToken).toBeTypeOf('string')
})

test.each([clientSecretBasic, clientSecretPost, none])(
  'its metadata says how clients authenticate, so that its issuer is enough: %o',
  async (clientAuth) => {
    const issuer = 'https://id.acme.example'
    const provider = { ...acme, issuer, clientAuth }
    const { fetch: send } = createEmulator({ providers: { acme: { provider } } })
    const found = await discover(issuer, { apis: acme.apis, fetch: send })
    const client = { provider: found, clientId: 'emulated-client', clientSecret: 'emulated-secret', fetch: send }
    expect((await createTokenSource(client).getToken()).accessToken).toBeTypeOf('string')
  },
)
