import type { Token, TokenStore } from '../../src/index.ts'

/** A database: its entries are JSON, and their lifetimes follow a clock that tests can advance. */
export function createDatabase() {
  let offset = 0
  const entries = new Map<string, { json: string; endsAt: number }>()
  /** The keys that are locked, for stores that do not wait for a lock. */
  const held = new Set<string>()
  const locks = new Map<string, Promise<unknown>>()
  const read = (key: string): unknown => {
    const entry = entries.get(key)
    return entry && Date.now() + offset < entry.endsAt ? JSON.parse(entry.json) : null
  }
  const write = (key: string, token: Token, ttlMs = Number.POSITIVE_INFINITY) =>
    void entries.set(key, { json: JSON.stringify(token), endsAt: Date.now() + offset + ttlMs })
  const connect = (): Required<TokenStore> => ({
    get: async (key) => read(key),
    set: async (key, token, ttlMs) => {
      await Promise.resolve()
      write(key, token, ttlMs)
    },
    replace: async (key, isExpected, next, ttlMs) => {
      const before = entries.get(key)
      if (!isExpected(read(key))) return false
      await Promise.resolve()
      // Each write makes another object, so the object is the version of the entry.
      if (entries.get(key) !== before) return false
      write(key, next, ttlMs)
      return true
    },
    delete: async (key) => entries.delete(key),
    lock: (key, work) => {
      const before = locks.get(key) ?? Promise.resolve()
      const result = before.then(() => work({ signal: new AbortController().signal }))
      locks.set(
        key,
        result.catch(() => {}),
      )
      return result
    },
  })
  return { entries, held, connect, advance: (ms: number) => void (offset += ms) }
}

/** A store over a `Map`, with a lock. */
export const lockableMap = (): TokenStore => {
  const map = new Map<string, Token>()
  const { lock } = createDatabase().connect()
  return {
    get: (key) => map.get(key),
    set: (key, token) => map.set(key, token),
    delete: (key) => map.delete(key),
    lock,
  }
}
