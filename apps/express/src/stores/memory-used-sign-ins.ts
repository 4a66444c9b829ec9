import { LRUCache } from 'lru-cache'
import type { UsedSignIns } from './used-sign-ins.ts'

/** Keeps the used sign-ins of one process in memory: at most `max`, because each visitor can cause any number of them. */
export function memoryUsedSignIns(max = 10_000): UsedSignIns {
  /** When each note ends. */
  const notes = new LRUCache<string, number>({ max })
  const has = (state: string) => (notes.get(state) ?? 0) > Date.now()
  return {
    has: async (state) => has(state),
    // Nothing is awaited between the check and the note.
    add: async (state, ms) => {
      if (has(state)) return false
      notes.set(state, Date.now() + ms)
      return true
    },
  }
}
