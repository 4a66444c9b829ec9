import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import type { Token, TokenSourceOptions } from '../../src/index.ts'
import { createDatabase } from '../database.ts'
import { grant, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

// Processes of different versions share a store. Keys and entries are therefore a contract between them: who changes a
// value of this file signs users out, or loses their refresh tokens.

const user = { grant: signedIn, key: 'ada' }

test.each<[string, TokenSourceOptions, string]>([
  ['an application', {}, '264cff53f85d9b43fc32e9ff5f6ce17f8aee1b42c8d96e9188bf299033747841'],
  [
    'an application that asks for a scope',
    { scope: 'read write' },
    '82533900250559d1aee5d7450e51f3faeb442907d32b361489e292f695861b52',
  ],
  ['a tenant', { key: 'tenant-1' }, 'ef274a513f21a44288692233c4ef6d11dfc4f33a3771c5179d57991fd3d7985c'],
  ['a user', user, 'fd8ace4386d58ea8c6e2fd226710ee15cc76524ee591a3a89ea96bc0e4c68cab'],
])('the key of %s is the same in each version', async (_what, options, key) => {
  const database = createDatabase()
  await sourceOver(tokenEndpoint(), { store: database.open(), ...options }).setToken({ accessToken: 'a' })
  expect([...database.contents.keys()]).toEqual([`oauthkit:${key}`])
})

test('the entry is the same JSON in each version', async () => {
  const database = createDatabase()
  const members = { refresh_token: 'r', refresh_expires_in: 1800, scope: 's', id_token: 'i', custom: { of: 'server' } }
  const source = sourceOver(tokenEndpoint(grant('a', members)), { store: database.open(), ...user })
  await source.setToken({ accessToken: 'old', refreshToken: 'old', expiresAt: Date.now() })
  await source.getToken()
  expect(database.tokens()).toEqual([
    {
      accessToken: 'a',
      expiresAt: 4_600_000,
      refreshToken: 'r',
      refreshExpiresAt: 2_800_000,
      scope: 's',
      idToken: 'i',
      extra: { refresh_expires_in: 1800, custom: { of: 'server' } },
    },
  ])
})

test('members that this version does not know are kept: a newer version may need them', async () => {
  const database = createDatabase()
  const stored = { accessToken: 'old', refreshToken: 'old', expiresAt: Date.now(), ofTheFuture: { version: 2 } }
  const source = sourceOver(tokenEndpoint(grant('a'), grant('b')), { store: database.open(), ...user })
  await source.setToken(stored)
  await source.getToken()
  expect(database.tokens()).toMatchObject([{ accessToken: 'a', refreshToken: 'old', ofTheFuture: { version: 2 } }])
  await seconds(3600)
  await source.getToken()
  expect(database.tokens()).toMatchObject([{ accessToken: 'b', ofTheFuture: { version: 2 } }])
})

const minute = 60_000

test.each<[string, Record<string, unknown>, number | undefined, string]>([
  ['until it is deleted', {}, undefined, 'set'],
  ['until the refresh token expires', { refresh_expires_in: 7200 }, undefined, 'set for 7200000'],
  [
    'until it is deleted if the server names 0: the refresh token does not expire',
    { refresh_expires_in: 0 },
    undefined,
    'set',
  ],
  ['at least until the access token expires', { refresh_expires_in: 60 }, undefined, 'set for 3600000'],
  ['for entryTtlMs', {}, 100 * minute, 'set for 6000000'],
  ['for entryTtlMs, if the refresh token expires later', { refresh_expires_in: 7200 }, 100 * minute, 'set for 6000000'],
  ['until the access token expires, if entryTtlMs is shorter', {}, 10 * minute, 'set for 3600000'],
  [
    'until the refresh token expires, if entryTtlMs is longer',
    { refresh_expires_in: 7200 },
    600 * minute,
    'set for 7200000',
  ],
])('an entry with a refresh token stays %s', async (_what, members, entryTtlMs, operation) => {
  const database = createDatabase()
  const endpoint = tokenEndpoint(grant('a', { refresh_token: 'r', ...members }))
  const source = sourceOver(endpoint, { store: database.open(), ...user, entryTtlMs })
  await source.setToken({ accessToken: 'old', refreshToken: 'old', expiresAt: Date.now() })
  await source.getToken()
  expect(database.operations.at(-1)).toBe(operation)
})

test('with entryTtlMs, an entry whose access token never ends stays until it is deleted', async () => {
  const database = createDatabase()
  const source = sourceOver(tokenEndpoint(), { store: database.open(), ...user, entryTtlMs: 1000 })
  await source.setToken({ accessToken: 'a', refreshToken: 'r' })
  expect(database.operations.at(-1)).toBe('set')
})

test('entryTtlMs does not change how long an entry without a refresh token stays', async () => {
  const database = createDatabase()
  await sourceOver(tokenEndpoint(), { store: database.open(), entryTtlMs: 1000 }).getToken()
  expect(database.operations.at(-1)).toBe('set for 3600000')
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1000' as unknown as number])(
  'entryTtlMs %o is refused',
  (entryTtlMs) => {
    expect(() => sourceOver(tokenEndpoint(), { entryTtlMs })).toThrow(/^example: entryTtlMs must be a number above 0$/)
  },
)

test('a refresh token that is not rotated keeps its end', async () => {
  const endpoint = tokenEndpoint(grant('a'), grant('b', { refresh_token: 'rotated' }))
  const source = sourceOver(endpoint, { store: createDatabase().open(), ...user })
  const refreshExpiresAt = Date.now() + 7_200_000
  await source.setToken({ accessToken: 'old', refreshToken: 'r', expiresAt: Date.now(), refreshExpiresAt })
  expect(await source.getToken()).toMatchObject({ accessToken: 'a', refreshToken: 'r', refreshExpiresAt })
  await seconds(3600)
  const rotated = await source.getToken()
  expect(rotated).toMatchObject({ accessToken: 'b', refreshToken: 'rotated' })
  expect(rotated.refreshExpiresAt).toBeUndefined()
})

test("a client's own grant keeps no refresh token, in memory or in a store", async () => {
  for (const options of [{}, { store: new Map<string, Token>() }]) {
    const endpoint = tokenEndpoint(grant('a', { refresh_token: 'r', refresh_expires_in: 60 }))
    const source = sourceOver(endpoint, options)
    expect(await source.getToken()).toEqual({
      accessToken: 'a',
      expiresAt: 4_600_000,
      extra: { refresh_expires_in: 60 },
    })
    await source.getToken({ rejected: 'a' })
    expect(await endpoint.requests[1]?.text()).toBe('grant_type=client_credentials')
    expect([...(options.store?.values() ?? [])]).not.toContainEqual(expect.objectContaining({ refreshToken: 'r' }))
  }
})
