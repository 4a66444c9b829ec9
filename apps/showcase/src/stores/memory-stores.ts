import type { Token } from '@oauthkit/core'
import { encrypted } from '@oauthkit/encrypted'
import { LRUCache } from 'lru-cache'
import { memoryEndedIds } from './memory-ended-ids.ts'
import type { Stores } from './stores.ts'

/** Creates the stores for one process. What is in them ends with the process. */
export function memoryStores(keys: readonly string[]): Stores {
  // Of more users, those who were away for the longest time have to sign in again.
  const tokens = new LRUCache<string, Token>({ max: 10_000 })
  const store = {
    get: (key: string) => tokens.get(key),
    set: (key: string, token: Token) => void tokens.set(key, token),
    delete: (key: string) => tokens.delete(key),
  }
  return {
    name: 'memory',
    ended: memoryEndedIds(),
    // Encrypted in memory, too: a heap dump then shows no token of it.
    tokens: encrypted(store, keys),
    check: async () => {},
    close: async () => {},
  }
}
