import type { Token, TokenStore } from '../../src/index.ts'

/** A database: its entries are JSON, and their lifetimes follow a clock that tests can advance. */
export function createDatabase() {
  let offset = 0
  const entries = new Map<string, { json: string; endsAt: number }>()
  /** The keys that are locked, for stores that do not wait for a lock. */
  const held = new Set<string>()
  const locks = new Map<string, Promise<unknown>>()
  const connect = (): Required<Omit<TokenStore, 'replace'>> => ({
    get: async (key) => {
      const entry = entries.get(key)
      return entry && Date.now() + offset < entry.endsAt ? JSON.parse(entry.json) : null
    },
    set: async (key, token, ttlMs = Number.POSITIVE_INFINITY) => {
      await Promise.resolve()
      entries.set(key, { json: JSON.stringify(token), endsAt: Date.now() + offset + ttlMs })
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
