import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Token, TokenStore } from '../../src/index.ts'
import { testTokenStore, type TokenStoreTestOptions } from '../../src/testing/index.ts'
import { failuresOf } from './failures-of.ts'
import { createDatabase, lockableMap } from './stores.ts'

// The suite uses the timers that it finds when it is loaded. These advance by 10 ms in each turn of the event loop, and a
// store in memory completes its work within a turn. So a store that never settles fails, and a slow machine does not matter.
vi.hoisted(() => vi.useFakeTimers())
let turn = setImmediate(function advance() {
  vi.advanceTimersByTime(10)
  turn = setImmediate(advance)
})
afterAll(() => {
  clearImmediate(turn)
  vi.useRealTimers()
})

describe('a Map', () => {
  testTokenStore(test, () => new Map<string, Token>(), { timeoutMs: 60_000 })
})

describe('a Map with a lock', () => {
  testTokenStore(test, lockableMap, { hasLock: true, timeoutMs: 60_000 })
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
      timeoutMs: 60_000,
      hasLock: true,
      hasReplace: true,
      advance: (ms) => database.advance(ms),
      sibling: () => database.connect(),
      cleanUp: () => database.entries.clear(),
    },
  )
})

type Lock = Required<TokenStore>['lock']
type Defect = (database: ReturnType<typeof createDatabase>, good: Required<TokenStore>) => Partial<TokenStore>

const fullName = 'get returns all members of the token that was set'
const longName = 'a token of 50,000 characters comes back whole'
const unicodeName = 'Unicode comes back unchanged'
const manyName = 'many operations at once do not disturb each other'
const lifetimeName = 'a token stays for its lifetime: a short one, a long one, or a fraction'
const rereadName = 'a waiting caller gets the result of its work, or of reread instead'
const replaceName = 'replace writes over the expected entry'
const shownName = 'replace shows what get returns'
const refusedName = 'replace writes nothing if the entry is not the expected one'
const absentName = 'replace writes where there is no entry, if that is expected'
const oneWritesName = 'of many replaces that expect the same entry, one writes'
const notUndoneName = 'replace does not undo a delete or a set that comes between its read and its write'
const replaceTtlName = 'replace accepts the lifetimes that set accepts'
const ownTtlName = 'a token that replace writes has only its own lifetime'
const insideName = 'lock does not block get, set or delete'
const { signal } = new AbortController()

function abortedAfter(ms: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), ms)
  return controller.signal
}

const bad: [what: string, defect: Defect, failures: string[]][] = [
  [
    'returns a value for a missing key',
    (_, { get }) => ({ get: async (key) => (await get(key)) ?? {} }),
    [
      'get returns nothing for a key that was never set',
      'delete removes the entry',
      'similar keys do not mix',
      manyName,
      'a sibling reads the same entries, and changes them',
      'a token stays until its lifetime ends, and is unchanged if it stays longer',
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
    ['set replaces the whole entry', 'a sibling reads the same entries, and changes them'],
  ],
  [
    'keeps the old token',
    (_, { get, set }) => ({ set: async (key, token, ttlMs) => (await get(key)) ?? set(key, token, ttlMs) }),
    [
      'set replaces the whole entry',
      'a sibling reads the same entries, and changes them',
      'a token that is set again has only its new lifetime',
    ],
  ],
  [
    'throws when there is nothing to delete',
    (database) => ({
      delete: async (key) => {
        if (!database.entries.delete(key)) throw new Error('no such row')
      },
    }),
    ['deleting a missing entry is not an error'],
  ],
  [
    'cuts its keys to 64 characters',
    (_, { get, set, delete: remove }) => ({
      get: (key) => get(key.slice(0, 64)),
      set: (key, token, ttlMs) => set(key.slice(0, 64), token, ttlMs),
      delete: (key) => remove(key.slice(0, 64)),
    }),
    ['similar keys do not mix'],
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
      'changing a token that get returned does not change the entry',
      'a sibling reads the same entries, and changes them',
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
      'set replaces the whole entry',
      'delete removes the entry',
      'similar keys do not mix',
      'changing a token that get returned does not change the entry',
      lifetimeName,
      manyName,
      'a sibling reads the same entries, and changes them',
      'a token stays until its lifetime ends, and is unchanged if it stays longer',
      'a token without a lifetime stays',
      'a token that is set again has only its new lifetime',
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
      'set replaces the whole entry',
      'similar keys do not mix',
      'changing a token that get returned does not change the entry',
      lifetimeName,
      manyName,
      'a sibling reads the same entries, and changes them',
      'a token stays until its lifetime ends, and is unchanged if it stays longer',
      'a token without a lifetime stays',
      'a token that is set again has only its new lifetime',
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
      'a token stays until its lifetime ends, and is unchanged if it stays longer',
      'a token that is set again has only its new lifetime',
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
    ['a token that is set again has only its new lifetime'],
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
    ['similar keys do not mix', lifetimeName, manyName, 'a token that is set again has only its new lifetime'],
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
    ['a sibling reads the same entries, and changes them'],
  ],
  [
    'never answers a delete',
    () => ({ delete: () => new Promise(() => {}) }),
    [
      'delete removes the entry',
      'deleting a missing entry is not an error',
      'similar keys do not mix',
      manyName,
      'a sibling reads the same entries, and changes them',
      insideName,
    ],
  ],
  [
    'compares the entry in its own process, and writes afterwards',
    (_, { get, set }) => ({
      replace: async (key, isExpected, next, ttlMs) => {
        if (!isExpected(await get(key))) return false
        await set(key, next, ttlMs)
        return true
      },
    }),
    [oneWritesName, notUndoneName],
  ],
  [
    'compares the entry again, and writes afterwards',
    (_, { get, set }) => ({
      replace: async (key, isExpected, next, ttlMs) => {
        const before = JSON.stringify(await get(key))
        if (!isExpected(JSON.parse(before)) || JSON.stringify(await get(key)) !== before) return false
        await set(key, next, ttlMs)
        return true
      },
    }),
    [oneWritesName, notUndoneName],
  ],
  [
    'replaces without a look at what is expected',
    (_, { set }) => ({
      replace: async (key, _isExpected, next, ttlMs) => {
        await set(key, next, ttlMs)
        return true
      },
    }),
    [shownName, refusedName, oneWritesName, notUndoneName],
  ],
  [
    'replaces only if nothing is expected',
    (_, { replace }) => ({
      replace: (key, isExpected, ...rest) => replace(key, (current) => !current && isExpected(current), ...rest),
    }),
    [replaceName, shownName, oneWritesName, notUndoneName, replaceTtlName, ownTtlName],
  ],
  [
    'replaces existing entries only',
    (_, { replace }) => ({
      replace: (key, isExpected, ...rest) => replace(key, (current) => !!current && isExpected(current), ...rest),
    }),
    [shownName, absentName, oneWritesName, replaceTtlName],
  ],
  [
    'rejects if the entry is not the expected one',
    (_, { replace }) => ({
      replace: async (...parameters) => {
        if (await replace(...parameters)) return true
        throw new Error('conflict')
      },
    }),
    [shownName, refusedName, oneWritesName, notUndoneName],
  ],
  [
    'returns nothing from replace',
    (_, { replace }) => ({ replace: (...parameters) => replace(...parameters).then(() => undefined as never) }),
    [replaceName, refusedName, absentName, oneWritesName, replaceTtlName],
  ],
  [
    'shows isExpected the text that it keeps',
    (_, { replace }) => ({
      replace: (key, isExpected, ...rest) => replace(key, (current) => isExpected(JSON.stringify(current)), ...rest),
    }),
    [replaceName, shownName, absentName, oneWritesName],
  ],
  [
    'tries again until it can write',
    (_, { replace }) => ({
      replace: async (key, isExpected, ...rest) => {
        let wasExpected = true
        const note = (current: unknown) => (wasExpected = isExpected(current))
        while (!(await replace(key, note, ...rest))) if (!wasExpected) return false
        return true
      },
    }),
    [notUndoneName],
  ],
  [
    'keeps the old lifetime at a replace',
    (database, { replace }) => ({
      replace: async (key, ...rest) => {
        const endsAt = database.entries.get(key)?.endsAt
        const isWritten = await replace(key, ...rest)
        if (isWritten && endsAt) database.entries.get(key)!.endsAt = endsAt
        return isWritten
      },
    }),
    [ownTtlName],
  ],
  [
    'replaces with lifetimes in whole milliseconds only',
    (_, { replace }) => ({
      replace: async (key, isExpected, next, ttlMs) => {
        if (ttlMs && !Number.isInteger(ttlMs)) throw new Error('not an integer')
        return replace(key, isExpected, next, ttlMs)
      },
    }),
    [replaceTtlName],
  ],
  [
    'never answers a replace',
    () => ({ replace: () => new Promise(() => {}) }),
    [replaceName, shownName, refusedName, absentName, oneWritesName, notUndoneName, replaceTtlName, ownTtlName],
  ],
  ['has no lock', () => ({ lock: undefined as never }), ['there is a lock']],
  [
    'has a lock that excludes no other work',
    () => ({ lock: (_key, work) => work({ signal }) }),
    ['lock runs only one work under a key at a time', 'a waiting caller gets the lock after the holder releases it'],
  ],
  [
    'has a lock that excludes work in its own process only',
    () => ({ lock: createDatabase().connect().lock }),
    ['lock runs only one work under a key at a time', 'a waiting caller gets the lock after the holder releases it'],
  ],
  [
    'has one lock for all keys',
    (_, { lock }) => ({ lock: (_key, work) => lock('all', work) }),
    ['lock does not block another key'],
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
    [
      'lock runs only one work under a key at a time',
      'a waiting caller gets the lock after the holder releases it',
      rereadName,
    ],
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
    ['lock rejects with the error of its work, and is released'],
  ],
  [
    'runs the work twice',
    (_, { lock }) => ({
      lock: async (key, work) => {
        await lock(key, work)
        return lock(key, work)
      },
    }),
    ['lock runs its work once and returns its result', rereadName],
  ],
  [
    'returns a time instead of the result of the work',
    (_, { lock }) => ({
      lock: (async (key, work) => {
        await lock(key, work)
        return Date.now()
      }) as Lock,
    }),
    ['lock runs its work once and returns its result', rereadName],
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
    ['lock rejects with the error of its work, and is released'],
  ],
  [
    'hides the error of the work',
    (_, { lock }) => ({ lock: ((key, work) => lock(key, work).catch(() => {})) as Lock }),
    ['lock rejects with the error of its work, and is released'],
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
    [
      'lock runs only one work under a key at a time',
      'a waiting caller gets the lock after the holder releases it',
      rereadName,
    ],
  ],
  [
    'blocks reads while it is locked',
    (_, { get, lock }) => ({ get: (key) => lock(key, async () => get(key)) }),
    [insideName],
  ],
  [
    'passes no lease to the work',
    (_, { lock }) => ({ lock: (key, work) => lock(key, () => (work as () => Promise<never>)()) }),
    ['lock gives its work a signal that is not aborted while the lock is held'],
  ],
  [
    'ends the lease too early',
    (_, { lock }) => ({ lock: (key, work) => lock(key, () => work({ signal: abortedAfter(1) })) }),
    ['lock gives its work a signal that is not aborted while the lock is held'],
  ],
]

test.each(bad)('a store that %s fails the suite', async (_what, defect, expected) => {
  let database: ReturnType<typeof createDatabase>
  const connect = (): TokenStore => {
    const good = database.connect()
    // A store has no replace if its defect is elsewhere: a good replace would find the same defect again.
    const { replace: _replace, ...others } = good
    return { ...others, ...defect(database, good) }
  }
  const options: TokenStoreTestOptions = {
    hasLock: true,
    advance: (ms) => database.advance(ms),
    sibling: connect,
  }
  const suite = () => {
    database = createDatabase()
    return connect()
  }
  const failures = await failuresOf((register) => testTokenStore(register, suite, options))
  expect(Object.keys(failures)).toEqual(expected)
})

test('a store without the replace that it must have fails the suite', async () => {
  const failures = await failuresOf((register) => testTokenStore(register, lockableMap, { hasReplace: true }))
  expect(failures).toEqual({ 'there is a replace': 'the store has no replace' })
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
  expect(failures[fullName]).toBe('get returns nothing after set')
})
