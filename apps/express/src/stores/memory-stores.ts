import type { Token } from '@oauthkit/core'
import { encrypted } from '@oauthkit/encrypted'
import { LRUCache } from 'lru-cache'
import { MemorySessions } from './memory-sessions.ts'
import { memoryUsedSignIns } from './memory-used-sign-ins.ts'
import type { Stores } from './stores.ts'

/** Makes stores for one process; what is in them ends with it. */
export function memoryStores(keys: readonly string[]): Stores {
  // Whoever has not been here for longest is to sign in again.
  const tokens = new LRUCache<string, Token>({ max: 10_000 })
  const store = {
    get: (key: string) => tokens.get(key),
    set: (key: string, token: Token) => void tokens.set(key, token),
    delete: (key: string) => tokens.delete(key),
  }
  return {
    name: 'memory',
    sessions: new MemorySessions(),
    usedSignIns: memoryUsedSignIns(),
    // In memory as well: what a heap dump shows of it is of no use.
    tokens: encrypted(store, keys),
    check: async () => {},
    close: async () => {},
  }
}
