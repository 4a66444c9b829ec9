import type { EndedIds } from '@oauthkit/login/handler'
import { LRUCache } from 'lru-cache'

/**
 * Keeps the ended sign-ins and sessions of one process in memory.
 *
 * Ids that are needed for different times have different lists, of `max` ids each. Any visitor can end any number of sign-ins,
 * which are needed for ten minutes: these must not push out the ended sessions, which are needed for longer.
 */
export function memoryEndedIds(max = 10_000): EndedIds {
  /** When each id can be forgotten, by the time for which it is needed. */
  const lists = new Map<number, LRUCache<string, number>>()
  const listOf = (ttlMs: number) => {
    const list = lists.get(ttlMs) ?? new LRUCache<string, number>({ max })
    lists.set(ttlMs, list)
    return list
  }
  const has = (id: string) => [...lists.values()].some((list) => (list.get(id) ?? 0) > Date.now())
  return {
    has,
    add: (id, ttlMs) => {
      if (has(id)) return false
      listOf(ttlMs).set(id, Date.now() + ttlMs)
      return true
    },
  }
}
