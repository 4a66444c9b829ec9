import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import {
  clientCredentials,
  refreshToken,
  type ClientAuth,
  type Grant,
  type TokenSourceOptions,
} from '../../src/index.ts'
import { accessTokenOf, createDatabase, until } from '../database.ts'
import { deferred, grant, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

useFakeTime()

const as = (identity: string): Grant => ({ ...clientCredentials(), identity })

/** Asks two sources over one store for a token, and counts the entries and the token requests. */
async function askBoth(one: TokenSourceOptions, other: TokenSourceOptions) {
  const endpoint = tokenEndpoint()
  const database = createDatabase()
  const store = database.open()
  await sourceOver(endpoint, { store, ...one }).getToken()
  await sourceOver(endpoint, { store, ...other }).getToken()
  return { entries: database.contents.size, requests: endpoint.requests.length }
}

/** A client authentication with its own credential, which is not the client secret. */
const signed = (credential: string): ClientAuth => Object.assign(() => {}, { fingerprint: () => credential })

const base: TokenSourceOptions = { scope: 'read', parameters: { audience: 'a', tenant: 't' }, key: 'user' }

test.each<[string, TokenSourceOptions, TokenSourceOptions]>([
  ['another scope', base, { ...base, scope: 'read write' }],
  ['no scope', base, { ...base, scope: undefined }],
  ['another resource', { resource: 'https://a.example' }, { resource: 'https://b.example' }],
  ['a further resource', { resource: 'https://a.example' }, { resource: ['https://a.example', 'https://b.example'] }],
  ['another parameter', base, { ...base, parameters: { audience: 'a', region: 't' } }],
  ['a parameter with another value', base, { ...base, parameters: { audience: 'b', tenant: 't' } }],
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
  ['a user with the name of an identity', { grant: as('a') }, { key: 'a' }],
  ['a client and a secret that join to the same text', { clientSecret: 'bc' }, { clientId: 'appb', clientSecret: 'c' }],
])('%s has its own entry', async (_what, one, other) => {
  expect(await askBoth(one, other)).toEqual({ entries: 2, requests: 2 })
})

test.each<[string, TokenSourceOptions, TokenSourceOptions]>([
  ['that are the same', base, { ...base, parameters: { ...base.parameters } }],
  ['with the same parameters in another order', base, { ...base, parameters: { tenant: 't', audience: 'a' } }],
  ['of which one has functions as credentials', {}, { clientId: () => 'app', clientSecret: async () => secret }],
  [
    'that differ only in values that cannot change the token',
    base,
    { ...base, apis: ['https://api2.example'], timeoutMs: 5000, storeTimeoutMs: 100, onEvent: () => {} },
  ],
  ['with the same signing key', { clientAuth: signed('a') }, { clientAuth: signed('a') }],
  ["of a user, after the client's secret was rotated", base, { ...base, clientSecret: 'rotated' }],
  [
    'of a grant with an identity, after the secret was rotated',
    { grant: as('a') },
    { grant: as('a'), clientSecret: 'b' },
  ],
  [
    "of a user, after the client's key was rotated",
    { ...base, clientAuth: signed('a') },
    { ...base, clientAuth: signed('b') },
  ],
])('options %s share an entry', async (_what, one, other) => {
  expect(await askBoth(one, other)).toEqual({ entries: 1, requests: 1 })
})

test('the key is a hash: the store shows neither the user nor the options', async () => {
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

test('the key of an entry stays the same in all versions, since a new key would sign users out', async () => {
  const database = createDatabase()
  const options = { store: database.open(), scope: 'read', parameters: { audience: 'a' } }
  await sourceOver(tokenEndpoint(), options).getToken()
  await sourceOver(tokenEndpoint(), { ...options, grant: as('device-7'), key: 'user' }).getToken()
  expect([...database.contents.keys()]).toEqual([
    'oauthkit:96a8e83473c2867a4076128d445a51539aa07971ba65704cd3e0645ad89acf7c',
    'oauthkit:e58f0e0668f53a08479ee8ed8da21b14c50be7a0d321c938e61ebf663637a557',
  ])
})

test('a rotated secret has a new entry at once, which a running call with the old secret cannot overwrite', async () => {
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
