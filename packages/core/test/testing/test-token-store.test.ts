import { describe, expect, test } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { testTokenStore, type TokenStoreTestOptions } from '../../src/testing/index.ts'
import { failuresOf } from './failures-of.ts'
import { createDatabase, lockableMap } from './stores.ts'

describe('a Map', () => {
  testTokenStore(test, () => new Map<string, Token>())
})

describe('a Map with a lock', () => {
  testTokenStore(test, lockableMap, { hasLock: true })
})

describe('a database', () => {
  let database: ReturnType<typeof createDatabase>
  testTokenStore(
    test,
    async () => {
      database = createDatabase()
      return database.connect()
    },
    {
      hasLock: true,
      advance: (ms) => database.advance(ms),
      sibling: () => database.connect(),
      cleanUp: () => database.entries.clear(),
    },
  )
})

type Lock = Required<TokenStore>['lock']
type Defect = (database: ReturnType<typeof createDatabase>, good: Required<TokenStore>) => Partial<TokenStore>

const fullName = 'get gives what was set, member for member'
const longName = 'a token of 50,000 characters comes back whole'
const unicodeName = 'unicode comes back as it was set'
const manyName = 'many operations at once do not disturb each other'
const lifetimeName = 'a token is kept for its lifetime, be that short, long, or no whole number'
const rereadName = 'lock gives a waiter what comes of its work, or what it read again instead'
const insideName = 'lock holds up no get, set or delete'
const { signal } = new AbortController()

const bad: [what: string, defect: Defect, failures: string[]][] = [
  [
    'returns a value for a missing key',
    (_, { get }) => ({ get: async (key) => (await get(key)) ?? {} }),
    [
      'get gives nothing under a key that was never set',
      'delete removes',
      'keys do not mix, however alike they are',
      manyName,
      'a sibling finds what was set, and its changes count',
      'a token is there until its lifetime is over, and whole if it is there longer',
    ],
  ],
  [
    'drops members that it does not know',
    (_, { set }) => ({
      set: (key, { accessToken, expiresAt, refreshToken, scope }, ttlMs) =>
        set(
          key,
          {
            accessToken,
            ...(expiresAt && { expiresAt }),
            ...(refreshToken && { refreshToken }),
            ...(scope && { scope }),
          },
          ttlMs,
        ),
    }),
    [fullName, unicodeName],
  ],
  [
    'cuts tokens to 4,000 characters',
    (_, { set }) => ({
      set: (key, token, ttlMs) => set(key, { ...token, accessToken: token.accessToken.slice(0, 4000) }, ttlMs),
    }),
    [longName],
  ],
  [
    'keeps ASCII characters only',
    (_, { set }) => ({
      set: (key, token, ttlMs) => set(key, JSON.parse(JSON.stringify(token).replaceAll(/[^\x20-\x7E]/g, '?')), ttlMs),
    }),
    [unicodeName],
  ],
  [
    'merges the new token into the old one',
    (_, { get, set }) => ({
      set: async (key, token, ttlMs) => set(key, { ...((await get(key)) as Token), ...token }, ttlMs),
    }),
    ['set leaves nothing of what was there before', 'a sibling finds what was set, and its changes count'],
  ],
  [
    'keeps the old token',
    (_, { get, set }) => ({ set: async (key, token, ttlMs) => (await get(key)) ?? set(key, token, ttlMs) }),
    [
      'set leaves nothing of what was there before',
      'a sibling finds what was set, and its changes count',
      'a token that is set again has its new lifetime only',
    ],
  ],
  [
    'throws when there is nothing to delete',
    (database) => ({
      delete: async (key) => {
        if (!database.entries.delete(key)) throw new Error('no such row')
      },
    }),
    ['deleting nothing is no error'],
  ],
  [
    'cuts its keys to 64 characters',
    (_, { get, set, delete: remove }) => ({
      get: (key) => get(key.slice(0, 64)),
      set: (key, token, ttlMs) => set(key.slice(0, 64), token, ttlMs),
      delete: (key) => remove(key.slice(0, 64)),
    }),
    ['keys do not mix, however alike they are'],
  ],
  [
    'returns the object that it keeps',
    () => {
      const map = new Map<string, unknown>()
      return {
        get: (key) => map.get(key),
        set: (key, token) => map.set(key, structuredClone(token)),
        delete: (key) => map.delete(key),
      }
    },
    [
      'what get gave can be changed without changing what is stored',
      'a sibling finds what was set, and its changes count',
    ],
  ],
  [
    'changes the token that it is given',
    (_, { set }) => ({
      set: (key, token, ttlMs) => {
        Object.assign(token, { storedAt: 1 })
        return set(key, token, ttlMs)
      },
    }),
    [
      fullName,
      longName,
      unicodeName,
      'set leaves nothing of what was there before',
      'delete removes',
      'keys do not mix, however alike they are',
      'what get gave can be changed without changing what is stored',
      lifetimeName,
      manyName,
      'a sibling finds what was set, and its changes count',
      'a token is there until its lifetime is over, and whole if it is there longer',
      'a token without a lifetime stays',
      'a token that is set again has its new lifetime only',
      insideName,
    ],
  ],
  [
    'returns JSON text',
    (database) => ({ get: (key) => database.entries.get(key)?.json }),
    [
      fullName,
      longName,
      unicodeName,
      'set leaves nothing of what was there before',
      'keys do not mix, however alike they are',
      'what get gave can be changed without changing what is stored',
      lifetimeName,
      manyName,
      'a sibling finds what was set, and its changes count',
      'a token is there until its lifetime is over, and whole if it is there longer',
      'a token without a lifetime stays',
      'a token that is set again has its new lifetime only',
      insideName,
    ],
  ],
  [
    'cuts lifetimes to whole seconds',
    (_, { set }) => ({ set: (key, token, ttlMs) => set(key, token, ttlMs && Math.floor(ttlMs / 1000) * 1000) }),
    [lifetimeName],
  ],
  [
    'accepts lifetimes in whole milliseconds only',
    (_, { set }) => ({
      set: (key, token, ttlMs = 1) =>
        Number.isInteger(ttlMs) ? set(key, token) : Promise.reject(new Error('not an integer')),
    }),
    [lifetimeName],
  ],
  [
    'ends long lifetimes at once, since its timer cannot wait that long',
    (_, { set, delete: remove }) => ({
      set: async (key, token, ttlMs) => {
        await set(key, token)
        if (ttlMs && ttlMs > 2_147_483_647) setTimeout(() => remove(key), 1)
      },
    }),
    [lifetimeName],
  ],
  [
    'ends lifetimes too early',
    (_, { set }) => ({ set: (key, token, ttlMs) => set(key, token, ttlMs && ttlMs * 0.9 + 100) }),
    [
      'a token is there until its lifetime is over, and whole if it is there longer',
      'a token that is set again has its new lifetime only',
    ],
  ],
  [
    'gives a lifetime to a token without one',
    (_, { set }) => ({ set: (key, token, ttlMs = 86_400_000) => set(key, token, ttlMs) }),
    ['a token without a lifetime stays'],
  ],
  [
    'keeps the lifetime of the old token',
    (database, { set }) => ({
      set: async (key, token, ttlMs) => {
        const endsAt = database.entries.get(key)?.endsAt
        await set(key, token, ttlMs)
        if (endsAt) database.entries.get(key)!.endsAt = endsAt
      },
    }),
    ['a token that is set again has its new lifetime only'],
  ],
  [
    'writes its whole file at each set',
    (database) => ({
      set: async (key, token) => {
        const file = [...database.entries]
        await Promise.resolve()
        database.entries.clear()
        for (const [other, entry] of file) database.entries.set(other, entry)
        database.entries.set(key, { json: JSON.stringify(token), endsAt: Number.POSITIVE_INFINITY })
      },
    }),
    [
      'keys do not mix, however alike they are',
      lifetimeName,
      manyName,
      'a token that is set again has its new lifetime only',
    ],
  ],
  [
    'serves its own cache, and misses changes of other processes',
    (_, good) => {
      const cache = new Map<string, unknown>()
      return {
        get: async (key) => structuredClone(cache.get(key) ?? (await good.get(key))),
        set: async (key, token, ttlMs) => {
          await good.set(key, token, ttlMs)
          cache.set(key, token)
        },
        delete: async (key) => {
          await good.delete(key)
          cache.delete(key)
        },
      }
    },
    ['a sibling finds what was set, and its changes count'],
  ],
  [
    'never answers a delete',
    () => ({ delete: () => new Promise(() => {}) }),
    [
      'delete removes',
      'deleting nothing is no error',
      'keys do not mix, however alike they are',
      manyName,
      'a sibling finds what was set, and its changes count',
      insideName,
    ],
  ],
  ['has no lock', () => ({ lock: undefined as never }), ['there is a lock']],
  [
    'has a lock that excludes no other work',
    () => ({ lock: (_key, work) => work({ signal }) }),
    ['lock lets only one work under a key at a time', 'lock lets a waiter in once the holder is done'],
  ],
  [
    'has a lock that excludes work in its own process only',
    () => ({ lock: createDatabase().connect().lock }),
    ['lock lets only one work under a key at a time', 'lock lets a waiter in once the holder is done'],
  ],
  [
    'has one lock for all keys',
    (_, { lock }) => ({ lock: (_key, work) => lock('all', work) }),
    ['lock holds up nobody under another key'],
  ],
  [
    'fails instead of waiting for the lock',
    ({ held }) => {
      const lock: Lock = async (key, work) => {
        if (held.has(key)) throw new Error('locked')
        held.add(key)
        try {
          return await work({ signal })
        } finally {
          held.delete(key)
        }
      }
      return { lock }
    },
    ['lock lets only one work under a key at a time', 'lock lets a waiter in once the holder is done', rereadName],
  ],
  [
    'stays locked after a failure',
    (_, { lock }) => ({
      lock: (key, work) => {
        const result = lock(key, () => work({ signal }))
        return result.catch((error: unknown) => {
          void lock(key, () => new Promise(() => {}))
          throw error
        })
      },
    }),
    ['lock passes on the error of its work, and is free again'],
  ],
  [
    'runs the work twice',
    (_, { lock }) => ({
      lock: async (key, work) => {
        await lock(key, work)
        return lock(key, work)
      },
    }),
    ['lock runs the work once and gives what comes of it', rereadName],
  ],
  [
    'returns a time instead of the result of the work',
    (_, { lock }) => ({
      lock: (async (key, work) => {
        await lock(key, work)
        return Date.now()
      }) as Lock,
    }),
    ['lock runs the work once and gives what comes of it', rereadName],
  ],
  [
    'runs the work although reread found a result',
    (_, { lock }) => ({
      lock: async (key, work, reread) => {
        const value = await lock(key, work)
        return (await reread?.()) ?? value
      },
    }),
    [rereadName],
  ],
  [
    'treats an empty reread as the result',
    (_, { lock }) => ({
      lock: (async (key, work, reread) => (reread ? reread() : lock(key, work))) as Lock,
    }),
    [rereadName],
  ],
  [
    'wraps the error of the work in its own',
    (_, { lock }) => ({
      lock: (key, work) =>
        lock(key, work).catch((cause: unknown) => {
          throw new Error('the transaction failed', { cause })
        }),
    }),
    ['lock passes on the error of its work, and is free again'],
  ],
  [
    'hides the error of the work',
    (_, { lock }) => ({ lock: ((key, work) => lock(key, work).catch(() => {})) as Lock }),
    ['lock passes on the error of its work, and is free again'],
  ],
  [
    'never grants the lock to a process that waited',
    ({ held }) => ({
      lock: (key, work) => {
        if (held.has(key)) return new Promise(() => {})
        held.add(key)
        return work({ signal }).finally(() => held.delete(key))
      },
    }),
    ['lock lets only one work under a key at a time', 'lock lets a waiter in once the holder is done', rereadName],
  ],
  [
    'blocks reads while it is locked',
    (_, { get, lock }) => ({ get: (key) => lock(key, async () => get(key)) }),
    [insideName],
  ],
  [
    'passes no lease to the work',
    (_, { lock }) => ({ lock: (key, work) => lock(key, () => (work as () => Promise<never>)()) }),
    ['lock gives its work a signal that is not aborted while it lasts'],
  ],
  [
    'ends the lease too early',
    (_, { lock }) => ({ lock: (key, work) => lock(key, () => work({ signal: AbortSignal.timeout(1) })) }),
    ['lock gives its work a signal that is not aborted while it lasts'],
  ],
]

test.concurrent.each(bad)('a store that %s fails the suite', async (_what, defect, expected) => {
  let database: ReturnType<typeof createDatabase>
  const connect = (): TokenStore => {
    const good = database.connect()
    return { ...good, ...defect(database, good) }
  }
  const options: TokenStoreTestOptions = {
    hasLock: true,
    advance: (ms) => database.advance(ms),
    sibling: connect,
    timeoutMs: 250,
  }
  const suite = () => {
    database = createDatabase()
    return connect()
  }
  const failures = await failuresOf((register) => testTokenStore(register, suite, options))
  expect(Object.keys(failures)).toEqual(expected)
})

test('the suite cleans up after each test, also after one that failed', async () => {
  let cleanUps = 0
  const failures = await failuresOf((register) =>
    testTokenStore(register, () => ({ get: () => 'text', set: () => {}, delete: () => {} }), {
      cleanUp: () => (cleanUps += 1),
    }),
  )
  expect(Object.keys(failures).length).toBeGreaterThan(5)
  const names: string[] = []
  testTokenStore(
    (name) => names.push(name),
    () => new Map<string, Token>(),
  )
  expect(cleanUps).toBe(names.length)
})

test('the message of a failed test says what is wrong', async () => {
  const failures = await failuresOf((register) =>
    testTokenStore(register, () => ({ get: () => null, set: () => {}, delete: () => {} })),
  )
  expect(failures[fullName]).toBe('get gives nothing after set')
})
