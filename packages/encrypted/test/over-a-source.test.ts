import { createTokenSource, type Grant, type TokenEvent, type TokenSourceOptions } from '@oauthkit/core'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { expect, test } from 'vitest'
import { encrypted } from '../src/index.ts'
import { createDatabase, makeKey } from './support.ts'

type Database = ReturnType<typeof createDatabase>

const key = makeKey()

/** Starts a simulated process: its source has its own store object, and nothing in memory. */
function start(options: Partial<TokenSourceOptions> = {}) {
  const events: TokenEvent[] = []
  const source = createTokenSource({
    provider: {
      name: 'example',
      tokenEndpoint: 'https://id.example/token',
      apis: ['https://api.example'],
      clientAuth: ({ form, clientId }) => form.set('client_id', clientId),
    },
    clientId: 'client-of-acme',
    clientSecret: 'secret-of-acme',
    onEvent: (event) => events.push(event),
    ...options,
  })
  const accessToken = async () => (await source.getToken()).accessToken
  return { source, events, accessToken }
}

const onlyKeyOf = ({ contents }: Database): string => {
  expect(contents.size).toBe(1)
  return [...contents.keys()][0]!
}

test('processes that use one store share a token', async () => {
  const { fetch, requests } = createTokenEndpoint()
  const database = createDatabase()
  const open = () => start({ fetch, store: encrypted(database.open(), key) })
  expect(await open().accessToken()).toBe('token-1')
  const other = open()
  expect(await other.accessToken()).toBe('token-1')
  expect(requests).toHaveLength(1)
  expect(other.events.map(({ type }) => type)).not.toContain('store-failed')
})

test('with a lock, processes that start at the same time make one token request', async () => {
  const { fetch, requests } = createTokenEndpoint()
  const database = createDatabase()
  const open = () => start({ fetch, store: encrypted(database.open({ lock: database.lock }), key) })
  const tokens = await Promise.all(Array.from({ length: 5 }, () => open().accessToken()))
  expect(new Set(tokens)).toEqual(new Set(['token-1']))
  expect(requests).toHaveLength(1)
})

const damages: [string, (database: Database, at: string) => void | Promise<void>][] = [
  [
    'was changed',
    (database, at) => {
      const entry = database.entry(at)
      database.put(at, { ...entry, tag: entry['tag']!.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) })
    },
  ],
  [
    'was cut off',
    (database, at) => {
      const entry = database.entry(at)
      database.put(at, { ...entry, ciphertext: entry['ciphertext']!.slice(0, -8) })
    },
  ],
  [
    'was moved here from another key',
    async (database, at) => {
      await encrypted(database.open(), key).set('another', { accessToken: 'planted' })
      database.put(at, database.entry('another'))
      database.contents.delete('another')
    },
  ],
  [
    'was encrypted with an unknown key',
    (database, at) => encrypted(database.open(), makeKey()).set(at, { accessToken: 'planted' }) as Promise<void>,
  ],
  ['is not encrypted', (database, at) => database.put(at, { accessToken: 'planted' })],
  ['is a text', (database, at) => database.put(at, 'planted')],
]

test.each(damages)('an entry that %s causes an event, and a new token overwrites it', async (_what, damage) => {
  const { fetch, requests } = createTokenEndpoint()
  const database = createDatabase()
  const open = () => start({ fetch, store: encrypted(database.open(), key) })
  await open().accessToken()
  const at = onlyKeyOf(database)
  await damage(database, at)

  const { accessToken, events } = open()
  expect(await accessToken()).toBe('token-2')
  expect(requests).toHaveLength(2)
  const message: unknown = expect.stringContaining('the entry is not a token')
  const failure = { type: 'store-failed', operation: 'get', message, isRefreshTokenAtRisk: false }
  // The source reads the entry before the request, and again before it overwrites it.
  expect(events).toMatchObject([failure, failure, { type: 'renewed' }])
  expect(JSON.stringify(events)).not.toContain('planted')

  expect(onlyKeyOf(database)).toBe(at)
  const next = open()
  expect(await next.accessToken()).toBe('token-2')
  expect(requests).toHaveLength(2)
  expect(next.events.map(({ type }) => type)).not.toContain('store-failed')
})

test("a user whose entry cannot be read must sign in, and does not get another user's token", async () => {
  const { fetch } = createTokenEndpoint()
  const database = createDatabase()
  const signedIn: Grant = { name: 'sign-in', identity: '' }
  const open = (user: string) => start({ fetch, grant: signedIn, key: user, store: encrypted(database.open(), key) })
  await open('alice').source.setToken({ accessToken: 'of-alice', refreshToken: 'refresh-of-alice' })
  const alices = onlyKeyOf(database)
  await open('bob').source.setToken({ accessToken: 'of-bob', refreshToken: 'refresh-of-bob' })
  const bobs = [...database.contents.keys()].find((one) => one !== alices)!
  database.put(bobs, database.entry(alices))

  await expect(open('bob').accessToken()).rejects.toMatchObject({ code: 'TOKEN_MISSING' })
  expect(await open('alice').accessToken()).toBe('of-alice')
})

test('a dump of the store shows nothing about a client, a user or a token', async () => {
  const { fetch } = createTokenEndpoint()
  const database = createDatabase()
  const user = 'alice.of.wonderland@example.com'
  const store = encrypted(database.open(), key)
  const { source } = start({ fetch, key: user, grant: { name: 'sign-in', identity: '' }, store })
  const secrets = {
    accessToken: 'Xk3v9QpL7mZt-access-of-alice',
    refreshToken: 'Yb8w2RnM5cHs-refresh-of-alice',
    idToken: 'Zd4u6TjK1fGa.id-of-alice',
    scope: 'contacts-of-alice',
  }
  await source.setToken({ ...secrets, extra: { account: 'account-of-alice' } })
  expect(database.contents.size).toBe(1)

  const dump = JSON.stringify([...database.contents])
  const decoded = [...dump.matchAll(/[\w-]{8,}/g)].map(([text]) => latin1Of(text))
  const shown = [dump, ...decoded].join('\n').toLowerCase()
  const hidden = [...Object.values(secrets), user, 'client-of-acme', 'secret-of-acme', 'account-of-alice', 'example']
  for (const text of hidden) {
    for (let from = 0; from + 7 <= text.length; from++) {
      expect(shown).not.toContain(text.slice(from, from + 7).toLowerCase())
    }
  }
  // The store learns the expiry only as a lifetime, and only if the token is useless after it.
  expect(shown).not.toContain('expiresat')
  expect(database.lifetimes).toEqual([undefined])
})

/** Decodes a text as base64url, even if it is something else. */
const latin1Of = (text: string) =>
  atob(
    text
      .slice(0, text.length - (text.length % 4))
      .replaceAll('-', '+')
      .replaceAll('_', '/'),
  )
