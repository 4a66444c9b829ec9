import { afterEach, expect, test } from 'vitest'
import {
  clientSecretBasic,
  createTokenSource,
  refreshToken,
  revoke,
  type Grant,
  type OAuthError,
  type Provider,
  type TokenEvent,
  type TokenSourceOptions,
} from '../src/index.ts'
import { describeFailure } from '../src/failure/describe-failure.ts'
import { fromEnvironment, requestToken } from '../src/plugin/index.ts'
import { errorOf, grant, provider, secret, signedIn, sourceOver, tokenEndpoint } from './support.ts'

const planted = new Set<string>()

/** Pollutes `Object.prototype`, as a faulty library that merges JSON does. */
function plant(name: string, value: unknown) {
  const descriptor = Object.assign(Object.create(null) as object, { value, configurable: true, writable: true })
  // oxlint-disable-next-line no-extend-native -- that is what the tests are about
  Object.defineProperty(Object.prototype, name, descriptor)
  planted.add(name)
}

afterEach(() => {
  for (const name of planted) Reflect.deleteProperty(Object.prototype, name)
  planted.clear()
})

test.each([
  ['access_token', 'planted'],
  ['data', { access_token: 'planted' }],
])('%s is not planted into an answer without a token', async (name, value) => {
  plant(name, value)
  expect(await errorOf(sourceOver(tokenEndpoint(Response.json({}))).getToken())).toMatchObject({
    code: 'TOKEN_MALFORMED',
  })
})

test.each([
  ['refresh_token', 'planted'],
  ['expires_in', 5],
  ['scope', 'admin'],
  ['id_token', 'a.b.c'],
  ['refresh_expires_in', 5],
  ['token_type', 'mac'],
  ['error', 'invalid_client'],
  ['extra', { planted: true }],
])('%s is not planted into a token', async (name, value) => {
  plant(name, value)
  const before = Date.now()
  const answer = Response.json({ access_token: 'token-1' })
  const token = await sourceOver(tokenEndpoint(answer), { grant: { ...signedIn, parameters: () => ({}) } }).getToken()
  expect(Object.entries(token)).toEqual([
    ['accessToken', 'token-1'],
    ['expiresAt', expect.any(Number)],
  ])
  expect(token.expiresAt).toBeGreaterThanOrEqual(before + 3_600_000)
})

test.each(['error_description', 'errorcode', 'message', 'code', 'error_id'])(
  '%s is not planted into an error',
  async (name) => {
    plant(name, 'planted')
    const error = await errorOf(sourceOver(tokenEndpoint(Response.json({}, { status: 401 }))).getToken())
    expect(error).toMatchObject({ code: 'TOKEN_REFUSED', status: 401 })
    expect(String(error)).not.toContain('planted')
    expect(Object.values(error as Error)).not.toContain('planted')
  },
)

const spy = () => {
  const calls: unknown[] = []
  return { calls, call: (...values: unknown[]) => void calls.push(values) }
}

test.each(['fetch', 'onEvent', 'waitUntil', 'clientAuth', 'readTokenResponse', 'isRejected', 'checkRefreshed'])(
  'the function %s is planted neither into the options nor into the provider',
  async (name) => {
    const { calls, call } = spy()
    plant(name, call)
    const endpoint = tokenEndpoint()
    const source = sourceOver(endpoint)
    expect((await source.getToken()).accessToken).toBe('token-1')
    expect(await source.isRejected(new Response('', { status: 401 }))).toBe(true)
    expect(calls).toEqual([])
  },
)

test.each<[name: string, value: unknown]>([
  ['scope', 'admin'],
  ['resource', 'https://planted.example'],
  ['parameters', { planted: 'yes' }],
  ['key', 'planted'],
  ['timeoutMs', 1],
  ['apis', ['https://planted.example']],
  ['exceptApis', ['https://api.example']],
  ['provider', { ...provider, tokenEndpoint: 'https://planted.example/token' }],
  ['tokenEndpoint', 'https://planted.example/token'],
  ['grant', refreshToken('planted')],
  ['clientSecret', 'planted'],
  ['assertionAudience', 'planted'],
  ['refreshToken', () => 'planted'],
  ['identity', 'planted'],
])('the option %s is not planted', async (name, value) => {
  plant(name, value)
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.getToken()
  const [request] = endpoint.requests
  expect(request?.url).toBe(provider.tokenEndpoint)
  expect(await request?.text()).toBe('grant_type=client_credentials')
  expect([...source.apis]).toEqual(provider.apis)
  expect(source.exceptApis).toBeUndefined()
})

test('a missing credential is not planted', () => {
  for (const [name, value] of Object.entries({ clientId: 'planted', clientSecret: 'planted', clientAuth: () => {} }))
    plant(name, value)
  const { clientAuth: _own, ...bare } = provider
  expect(() => createTokenSource({ provider })).toThrow('clientId is missing')
  expect(() => createTokenSource({ provider: bare as Provider, clientId: 'app' })).toThrow('clientAuth is missing')
  expect(() => fromEnvironment({}, provider, 'NOT_SET')).toThrow('NOT_SET_CLIENT_ID is not set')
})

test.each<[name: string, value: unknown]>([
  ['signal', AbortSignal.abort()],
  ['rejected', 'token-1'],
  ['validForMs', 1_000_000_000],
])('%s is not planted into a call for a token', async (name, value) => {
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint)
  await source.setToken({ accessToken: 'token-1', expiresAt: Date.now() + 3_600_000 })
  plant(name, value)
  for (const options of [undefined, {}, Object.create({}) as object]) {
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    expect((await source.getToken(options)).accessToken).toBe('token-1')
    expect(source.peek()).toBe('Bearer token-1')
  }
  expect(endpoint.requests).toEqual([])
})

test('the options of a call can be an object of a class', async () => {
  class Options {
    get rejected() {
      return 'token-1'
    }
  }
  const source = sourceOver(tokenEndpoint())
  await source.getToken()
  expect((await source.getToken(new Options())).accessToken).toBe('token-2')
})

const details: [name: string, value: unknown][] = [
  ['status', 403],
  ['retryAt', Date.now() + 500_000],
]
const answers: [what: string, answer: () => Response | Error][] = [
  ['an empty 401', () => new Response('', { status: 401 })],
  ['a lost connection', () => new TypeError('fetch failed')],
  ['a 502', () => new Response('', { status: 502 })],
  ['a success that is malformed', () => Response.json({})],
]

test.each(details.flatMap(([name, value]) => answers.map(([what, answer]) => [name, what, value, answer] as const)))(
  'a planted detail %s of an error decides nothing after %s',
  async (name, _what, value, answer) => {
    const outcome = async () => {
      const endpoint = tokenEndpoint(...Array.from({ length: 4 }, answer))
      const events: TokenEvent[] = []
      const source = sourceOver(endpoint, { grant: signedIn, onEvent: (event) => void events.push(event) })
      await source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0' })
      const codes = [await codeOf(source.getToken({ rejected: 'token-0' }))]
      await source.clear()
      codes.push(await codeOf(source.getToken()), await codeOf(source.getToken()))
      return { codes, types: events.map(({ type }) => type), waits: events.map(waitOf), sent: endpoint.requests.length }
    }
    const usual = await outcome()
    plant(name, value)
    expect(await outcome()).toEqual(usual)
  },
)

// The loader of these tests cannot load anything while there is a planted `error`, so it is planted late.
test('a planted detail error ends no refresh token', async () => {
  const readTokenResponse = () => {
    plant('error', 'invalid_grant')
    return {}
  }
  const endpoint = tokenEndpoint(new Response('', { status: 401 }))
  const source = sourceOver(endpoint, { grant: signedIn, provider: { ...provider, readTokenResponse } })
  await source.setToken({ accessToken: 'token-0', refreshToken: 'refresh-0' })
  expect(await codeOf(source.getToken({ rejected: 'token-0' }))).toBe('TOKEN_REFUSED')
})

test('a planted detail error does not make an absent login a failure that is remembered', async () => {
  const events: TokenEvent[] = []
  const store = { get: () => plant('error', 'invalid_grant'), set: () => {}, delete: () => {} }
  const options = { grant: signedIn, key: 'ada', onEvent: (event: TokenEvent) => void events.push(event) }
  expect(await codeOf(sourceOver(tokenEndpoint(), { ...options, store }).getToken())).toBe('TOKEN_MISSING')
  expect(events).toMatchObject([{ type: 'failed', retryAt: 0 }])
})

const codeOf = async (token: Promise<unknown>) => ((await errorOf(token)) as OAuthError).code

/** How many seconds a failure makes the next attempt wait. */
const waitOf = (event: TokenEvent) =>
  event.type === 'failed' && (event.retryAt === 0 ? 0 : Math.round((event.retryAt - Date.now()) / 900))

test('a store and its lock are not planted', async () => {
  const { calls, call } = spy()
  for (const name of ['store', 'lock', 'replace']) plant(name, call)
  const source = sourceOver(tokenEndpoint(), { store: new Map() })
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(calls).toEqual([])
})

test('the methods that a store does not have are not planted', () => {
  plant('delete', () => {})
  const store = { get: () => {}, set: () => {} } as never
  expect(() => sourceOver(tokenEndpoint(), { store })).toThrow('store must have delete()')
})

test('an error is not planted into the answer of a server', async () => {
  const form = new URLSearchParams()
  const request = { provider, endpoint: 'tokenEndpoint', form, headers: new Headers(), clientSecret: secret } as const
  plant('error', 'planted')
  const failure = {
    step: 'answer',
    response: Response.json({}, { status: 401 }),
    translate: (members: object) => members,
  }
  const error = await describeFailure(request, failure as Parameters<typeof describeFailure>[1], Date.now())
  Reflect.deleteProperty(Object.prototype, 'error')
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', status: 401 })
  expect(error).not.toHaveProperty('error')
})

test.each([
  ['memory', () => undefined],
  ['a store', () => new Map<string, unknown>()],
])('a refresh token that is planted later, with the token in %s, is not redeemed', async (_where, makeStore) => {
  const store = makeStore()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { grant: signedIn, store, ...(store && { key: 'ada' }) })
  await source.setToken({ accessToken: 'token-0', expiresAt: Date.now() + 1 })
  plant('refreshToken', 'planted')
  plant('expiresAt', Date.now() + 1_000_000)
  expect(await errorOf(source.getToken({ rejected: 'token-0' }))).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(endpoint.requests).toEqual([])
})

test('an entry without a token is no token', async () => {
  plant('accessToken', 'planted')
  plant('expiresAt', Date.now() + 1_000_000)
  const store = { get: () => ({}), set: () => {}, delete: () => {} }
  expect((await sourceOver(tokenEndpoint(), { store }).getToken()).accessToken).toBe('token-1')
})

test('an endpoint is not planted', async () => {
  plant('revocationEndpoint', 'https://planted.example/revoke')
  const endpoint = tokenEndpoint(Response.json({}))
  const request = { provider, clientId: 'app', clientSecret: secret, token: 'token-1', fetch: endpoint.fetch }
  expect(await errorOf(revoke(request))).toBeInstanceOf(TypeError)
  expect(endpoint.requests).toEqual([])
})

test('a request of a package has only its own options', async () => {
  const { calls, call } = spy()
  for (const [name, value] of Object.entries({ fetch: call, clientAuth: call, timeoutMs: 1, clientSecret: 'planted' }))
    plant(name, value)
  const endpoint = tokenEndpoint(grant('token-1'))
  const request = { provider, clientId: 'app', clientSecret: secret, fetch: endpoint.fetch, parameters: {} }
  expect((await requestToken(request)).accessToken).toBe('token-1')
  expect(endpoint.requests[0]?.headers.get('authorization')).toBe(`Basic ${btoa(`app:${secret}`)}`)
  expect(calls).toEqual([])
})

class ClassProvider implements Provider {
  readonly #name = 'of a class'
  readonly tokenEndpoint = 'https://id.example/token'
  readonly apis = ['https://api.example']
  readonly clientAuth = clientSecretBasic
  get name() {
    return this.#name
  }
  isRejected(response: Response) {
    return this.#name === 'of a class' && response.status === 401
  }
}

class ClassGrant implements Grant {
  readonly #type = 'client_credentials'
  readonly name = 'class'
  readonly identity = ''
  parameters() {
    return { grant_type: this.#type }
  }
}

test('a provider, a grant and options can be objects of a class, with private members', async () => {
  const options = Object.create({ clientSecret: secret }) as TokenSourceOptions
  const endpoint = tokenEndpoint()
  Object.assign(options, {
    provider: new ClassProvider(),
    grant: new ClassGrant(),
    clientId: 'app',
    fetch: endpoint.fetch,
  })
  const source = createTokenSource(options)
  expect((await source.getToken()).accessToken).toBe('token-1')
  expect(source.name).toBe('of a class')
  expect(await source.isRejected(new Response('', { status: 401 }))).toBe(true)
})
