import type { TokenStore } from '@oauthkit/core'
import { createCipher } from './cipher.ts'
import { readKeys, type EncryptionKey } from './encryption-keys.ts'

/**
 * Wraps a store, and encrypts each token as a JWE (`dir`, `A256GCM`). A reader of the store, or of a copy of it, finds
 * no token.
 *
 * An entry can be read only under its own key of the store. It cannot be read if it was changed, cut off or moved, if
 * none of the keys encrypted it, or if it is not encrypted. For such an entry, `get` returns an object that is not a
 * token. A source then reports `store-failed`, continues as if there were no entry, and overwrites the entry with the
 * next token. Errors of the store are passed on.
 *
 * Wrap each store only one time, because sources that use the same store object share renewals. The result has a
 * `replace` and a `lock` if the store has them.
 *
 * @param store - holds the entries: plain JSON objects, with the key and the lifetime that `set` received.
 * @param keys - one key, or several: the first encrypts, and all decrypt.
 * @throws `TypeError` if a key is not 32 random bytes, or if there is no key. It shows no part of the keys.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516.html#section-7.2.2 RFC 7516 §7.2.2},
 * {@link https://www.rfc-editor.org/rfc/rfc7518.html#section-5.3 RFC 7518 §5.3}
 * @example
 * ```ts
 * import { encrypted } from '@oauthkit/encrypted'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * // Read your own key from a vault. All processes that share the store need the same key.
 * const key = crypto.getRandomValues(new Uint8Array(32))
 * export const tokens = orangeTokens({ store: encrypted(new Map(), key) })
 * ```
 */
export function encrypted(store: TokenStore, keys: EncryptionKey | readonly EncryptionKey[]): TokenStore {
  const { encrypt, decrypt } = createCipher(readKeys(keys))

  const wrapped: TokenStore = {
    get: async (key) => decrypt(key, await store.get(key)),
    set: async (key, token, ttlMs) => store.set(key, await encrypt(key, JSON.stringify(token)), ttlMs),
    delete: (key) => store.delete(key),
  }
  if (store.replace)
    wrapped.replace = async (key, isExpected, next, ttlMs) => {
      const text = JSON.stringify(next)
      // `isExpected` cannot wait for the decryption. So it gets an entry that was read before, and the store expects
      // exactly this entry. The same token never has the same entry twice.
      const stored = await store.get(key)
      if (!isExpected(await decrypt(key, stored))) return false
      return store.replace!(key, (current) => isSame(current, stored), await encrypt(key, text), ttlMs)
    }
  if (store.lock) wrapped.lock = (...parameters) => store.lock!(...parameters)
  return wrapped
}

/** Whether an entry is the one that was read before. */
const isSame = (current: unknown, stored: unknown): boolean =>
  JSON.stringify(current ?? null) === JSON.stringify(stored ?? null)
