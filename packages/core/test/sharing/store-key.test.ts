import { useFakeTime } from '../fake-time.ts'
import { expect, test, vi } from 'vitest'
import {
  clientCredentials,
  refreshToken,
  type ClientAuth,
  type Grant,
  type TokenSourceOptions,
} from '../../src/index.ts'
import { accessTokenOf, createDatabase, until, watch } from '../database.ts'
import { deferred, errorOf, grant, provider, refusal, secret, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

const as = (identity: string): Grant => ({ ...clientCredentials(), identity })

/** How many entries and token requests come of asking two sources over one store. */
async function askBoth(one: TokenSourceOptions, other: TokenSourceOptions) {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const store = database.open()
  await sourceOver(endpoint, { store, ...one }).getToken()
  await sourceOver(endpoint, { store, ...other }).getToken()
  return { entries: database.contents.size, requests: endpoint.requests.length }
}

/** A client authentication with a credential of its own, which is not the client secret. */
const signed = (credential: string): ClientAuth => Object.assign(() => {}, { fingerprint: () => credential })

const base: TokenSourceOptions = { scope: 'read', parameters: { audience: 'a', tenant: 't' }, key: 'user' }

test.each<[string, TokenSourceOptions, TokenSourceOptions]>([
  ['another scope', base, { ...base, scope: 'read write' }],
  ['no scope', base, { ...base, scope: undefined }],
  ['another resource', { resource: 'https://a.example' }, { resource: 'https://b.example' }],
  ['a further resource', { resource: 'https://a.example' }, { resource: ['https://a.example', 'https://b.example'] }],
  ['another parameter', base, { ...base, parameters: { audience: 'a', region: 't' } }],
  ['a parameter of another value', base, { ...base, parameters: { audience: 'b', tenant: 't' } }],
  ['parameters whose values are swapped', base, { ...base, parameters: { audience: 't', tenant: 'a' } }],
  ['another client', base, { ...base, clientId: 'other' }],
  ['another secret', {}, { clientSecret: 'other' }],
  ['no secret', {}, { clientSecret: undefined, clientAuth: () => {} }],
  ['another signing key', { clientAuth: signed('a') }, { clientAuth: signed('b') }],
  ['a signing key that looks like the secret', {}, { clientSecret: undefined, clientAuth: signed(secret) }],
  ['another user', base, { ...base, key: 'other' }],
  ['no user', base, { scope: 'read', parameters: { audience: 'a', tenant: 't' } }],
  ['another provider', base, { ...base, provider: { ...provider, name: 'other' } }],
  ['another token endpoint', base, { ...base, provider: { ...provider, tokenEndpoint: 'https://id2.example/token' } }],
  ['another grant', base, { ...base, grant: { ...clientCredentials(), name: 'other' } }],
  ['another identity of the grant', { grant: as('a') }, { grant: as('b') }],
  ['another refresh token to start from', { grant: refreshToken('refresh-1') }, { grant: refreshToken('refresh-2') }],
  ['a user of the name of an identity', { grant: as('a') }, { key: 'a' }],
  ['a client and a secret that join to the same text', { clientSecret: 'bc' }, { clientId: 'appb', clientSecret: 'c' }],
])('%s has an entry of its own', async (_what, one, other) => {
  expect(await askBoth(one, other)).toEqual({ entries: 2, requests: 2 })
})

test.each<[string, TokenSourceOptions, TokenSourceOptions]>([
  ['that are the same', base, { ...base, parameters: { ...base.parameters } }],
  ['whose parameters come in another order', base, { ...base, parameters: { tenant: 't', audience: 'a' } }],
  ['of which one looks its credentials up', {}, { clientId: () => 'app', clientSecret: async () => secret }],
  [
    'that differ in what cannot change the token',
    base,
    { ...base, apis: ['https://api2.example'], timeoutMs: 5000, storeTimeoutMs: 100, onEvent: () => {} },
  ],
  ['with the same signing key', { clientAuth: signed('a') }, { clientAuth: signed('a') }],
  ["of a user, after the client's secret was rotated", base, { ...base, clientSecret: 'rotated' }],
  [
    "of a user, after the client's key was rotated",
    { ...base, clientAuth: signed('a') },
    { ...base, clientAuth: signed('b') },
  ],
])('options %s share an entry', async (_what, one, other) => {
  expect(await askBoth(one, other)).toEqual({ entries: 1, requests: 1 })
})

test('the key is a hash: a store shows neither who asks nor with what', async () => {
  const database = createDatabase()
  const options = { store: database.open(), scope: 'read', grant: as('device-7') }
  await sourceOver(tokenEndpoint(), options).getToken()
  await sourceOver(tokenEndpoint(), { ...options, key: 'jane@example.org' }).getToken()
  const keys = [...database.contents.keys()]
  expect(keys).toEqual([
    expect.stringMatching(/^oauthkit:[\da-f]{64}$/),
    expect.stringMatching(/^oauthkit:[\da-f]{64}$/),
  ])
})

test('the key of an entry does not change from one version to the next, which would sign users out', async () => {
  const database = createDatabase()
  const options = { store: database.open(), scope: 'read', parameters: { audience: 'a' } }
  await sourceOver(tokenEndpoint(), options).getToken()
  await sourceOver(tokenEndpoint(), { ...options, grant: as('device-7'), key: 'user' }).getToken()
  expect([...database.contents.keys()]).toEqual([
    'oauthkit:96a8e83473c2867a4076128d445a51539aa07971ba65704cd3e0645ad89acf7c',
    'oauthkit:e58f0e0668f53a08479ee8ed8da21b14c50be7a0d321c938e61ebf663637a557',
  ])
})

test('sources that are made per request over one store join one renewal', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => sourceOver(endpoint, { store }).getToken()))
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']))
  expect(endpoint.requests).toHaveLength(1)
})

test('a source that is made per request finds in memory what the one before it got', async () => {
  const database = createDatabase()
  const store = database.open()
  await sourceOver(tokenEndpoint(), { store }).getToken()
  database.operations.length = 0
  expect(await accessTokenOf(sourceOver(tokenEndpoint(), { store }))).toBe('token-1')
  expect(database.operations).toEqual([])
})

test('sources over different store objects, or none, stand alone', async () => {
  const endpoint = tokenEndpoint()
  const sources = [{ store: new Map() }, { store: new Map() }, {}, {}].map((options) => sourceOver(endpoint, options))
  await Promise.all(sources.map((source) => source.getToken()))
  expect(endpoint.requests).toHaveLength(4)
})

test('sources over one store remember one failure', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const store = createDatabase().open()
  const error = await errorOf(sourceOver(endpoint, { store }).getToken())
  expect(await errorOf(sourceOver(endpoint, { store }).getToken())).toBe(error)
  expect(endpoint.requests).toHaveLength(1)
})

test('sources over one store have one limit of token requests', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 3 }, (_, index) => grant(`short-${index}`, { expires_in: 0 })))
  const store = createDatabase().open()
  const ask = () => sourceOver(endpoint, { store, maxTokenRequestsPerMinute: 2 }).getToken()
  await ask()
  await ask()
  expect(await errorOf(ask())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(2)
})

test('a rotated secret is a new entry at once, over which the old call in flight cannot write', async () => {
  const old = deferred<Response>()
  const endpoint = tokenEndpoint(old.promise, grant('new'))
  const database = createDatabase()
  const store = database.open()
  const before = sourceOver(endpoint, { store }).getToken()
  await until(() => endpoint.requests.length)
  const after = sourceOver(endpoint, { store, clientSecret: 'rotated' })
  expect(await accessTokenOf(after)).toBe('new')
  old.resolve(grant('old'))
  expect((await before).accessToken).toBe('old')
  expect(after.peek()).toBe('Bearer new')
  expect(await accessTokenOf(sourceOver(endpoint, { store: database.open(), clientSecret: 'rotated' }))).toBe('new')
  expect(endpoint.requests).toHaveLength(2)
})

/** Credentials that are looked up in a vault, where they may be rotated. */
function createVault() {
  const vault = { secret, lookUps: 0 }
  const clientSecret = async () => {
    vault.lookUps += 1
    return vault.secret
  }
  return { vault, clientSecret }
}

const authorization = (request: Request | undefined) => request?.headers.get('authorization')

test('credentials are looked up when they are needed, once for all who wait', async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const source = sourceOver(endpoint, { store: createDatabase().open(), clientSecret })
  expect(vault.lookUps).toBe(0)
  await Promise.all(Array.from({ length: 1000 }, () => source.getToken()))
  await source.getToken()
  source.peek()
  expect(vault.lookUps).toBe(1)
  expect(endpoint.requests).toHaveLength(1)
})

test('credentials are looked up anew for each renewal, so that a rotated secret is used', async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const source = sourceOver(endpoint, { store: database.open(), clientSecret })
  await source.getToken()
  vault.secret = 'rotated'
  expect(await accessTokenOf(source)).toBe('token-1')
  await seconds(3600)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(vault.lookUps).toBe(2)
  expect(endpoint.requests.map(authorization)).toEqual([
    `Basic ${btoa(`app:${secret}`)}`,
    `Basic ${btoa('app:rotated')}`,
  ])
  expect(database.contents.size).toBe(2)
})

test("a user's entry survives the rotation of the client's secret, which its next renewal uses", async () => {
  const { vault, clientSecret } = createVault()
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const source = sourceOver(endpoint, {
    store: database.open(),
    clientSecret,
    key: 'user',
    grant: { name: 'sign-in', identity: '' },
  })
  await source.setToken({ accessToken: 'mine', refreshToken: 'refresh-1', expiresAt: Date.now() + 1000 })
  vault.secret = 'rotated'
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-1')
  expect(authorization(endpoint.requests[0])).toBe(`Basic ${btoa('app:rotated')}`)
  expect(database.tokens()).toMatchObject([{ accessToken: 'token-1', refreshToken: 'refresh-1' }])
})

test('credentials are looked up once a second at most, however many calls wait or fail', async () => {
  const { vault, clientSecret } = createVault()
  const answer = deferred<Response>()
  const endpoint = tokenEndpoint(answer.promise)
  const source = sourceOver(endpoint, { store: createDatabase().open(), clientSecret })
  const early = errorOf(source.getToken())
  await until(() => endpoint.requests.length)
  const late = errorOf(source.getToken())
  answer.resolve(refusal('invalid_client', 401))
  await Promise.all([early, late])
  for (let call = 0; call < 100; call += 1) await errorOf(source.getToken())
  expect(vault.lookUps).toBe(1)
  await seconds(1)
  expect(await accessTokenOf(source)).toBe('token-2')
  expect(vault.lookUps).toBe(2)
})

test('sources of which each looks its credentials up renew an ageing token once, however long that takes', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  let found: Promise<string> = Promise.resolve(secret)
  const quick = sourceOver(endpoint, { store, clientSecret: () => secret })
  const slow = sourceOver(endpoint, { store, clientSecret: () => found })
  await slow.getToken()
  await quick.getToken()
  await seconds(3400)
  const vault = deferred<string>()
  found = vault.promise
  slow.peek()
  quick.peek()
  await until(() => quick.peek() === 'Bearer token-2')
  vault.resolve(secret)
  await until(() => vi.getTimerCount() === 0)
  expect(slow.peek()).toBe('Bearer token-2')
  expect(endpoint.requests).toHaveLength(2)
})

test('sources that are made per request share one limit of forced renewals', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  let accessToken = await accessTokenOf(sourceOver(endpoint, { store }))
  for (let call = 0; call < 10; call += 1) {
    accessToken = await accessTokenOf(sourceOver(endpoint, { store }), accessToken)
  }
  expect(endpoint.requests).toHaveLength(4)
})

test('credentials that cannot be looked up are not looked up again within a second', async () => {
  let lookUps = 0
  let isDown = true
  const clientSecret = async () => {
    lookUps += 1
    if (isDown) throw new Error('sealed')
    return secret
  }
  const source = sourceOver(tokenEndpoint(), { store: createDatabase().open(), clientSecret })
  const error = await errorOf(source.getToken())
  expect(error).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'example: clientSecret could not be looked up (Error)',
  })
  isDown = false
  await seconds(0.999)
  expect(await errorOf(source.getToken())).toBe(error)
  expect(lookUps).toBe(1)
  await seconds(0.001)
  expect(await accessTokenOf(source)).toBe('token-1')
})

test('credentials whose look-up hangs end at timeoutMs', async () => {
  const clientSecret = () => new Promise<string>(() => {})
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret, timeoutMs: 3000 })
  const outcome = errorOf(source.getToken())
  await seconds(3)
  expect(await outcome).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
})

test('credentials that turn out empty are wrong use, which says so', async () => {
  const { source } = watch(tokenEndpoint(), { store: createDatabase().open(), clientSecret: () => '' })
  expect(await errorOf(source.getToken())).toEqual(
    new TypeError('example: clientSecret is missing: it must be a non-empty string'),
  )
})
