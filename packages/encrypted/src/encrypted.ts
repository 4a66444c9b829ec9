import type { Token, TokenStore } from '@oauthkit/core'
// Loaded at the start, not at the first use: a source would treat a slow first use as a store that is down.
import { base64url, calculateJwkThumbprint, decodeProtectedHeader, flattenedDecrypt, FlattenedEncrypt } from 'jose'
import { readKeys, type EncryptionKey } from './encryption-keys.ts'

/**
 * Wraps a store, and encrypts each token as a JWE (`dir`, `A256GCM`). A reader of the store, or of a copy of it, finds
 * no token.
 *
 * ```ts
 * const source = createTokenSource({ provider, clientId: 'app', store: encrypted(store, key) })
 * ```
 *
 * An entry can be read only under its own key of the store. It cannot be read if it was changed, cut off or moved, if
 * none of the keys encrypted it, or if it is not encrypted. For such an entry, `get` returns an object that is not a
 * token. A source then reports `store-failed`, continues as if there were no entry, and overwrites the entry with the
 * next token. Errors of the store are passed on.
 *
 * Wrap each store only one time, because sources that use the same store object share renewals. The result has a `lock`
 * if the store has one.
 *
 * @param store - holds the entries: plain JSON objects, with the key and the lifetime that `set` received.
 * @param keys - one key, or several: the first encrypts, and all decrypt.
 * @throws `TypeError` if a key is not 32 random bytes, or if there is no key. It shows no part of the keys.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516.html#section-7.2.2 RFC 7516 §7.2.2},
 * {@link https://www.rfc-editor.org/rfc/rfc7518.html#section-5.3 RFC 7518 §5.3}
 */
export function encrypted(store: TokenStore, keys: EncryptionKey | readonly EncryptionKey[]): TokenStore {
  const secrets = readKeys(keys)
  // Holds the keys, not a promise: on Workers, a promise that one request created can stay pending in another request.
  let named: readonly NamedKey[] | undefined

  const nameKeys = async (): Promise<readonly NamedKey[]> => {
    named ??= await Promise.all(
      secrets.map(async (secret) => {
        const thumbprint = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(secret) })
        // 16 characters are enough to distinguish keys. They show nothing about a random key.
        return { kid: thumbprint.slice(0, 16), secret }
      }),
    )
    return named
  }

  const wrapped: TokenStore = {
    get: async (key) => {
      const stored = await store.get(key)
      if (stored === undefined || stored === null) return undefined
      const entry = entryOf(stored)
      if (!entry) return unreadable('it is not encrypted')
      // An error here comes from the platform. It does not mean that the entry cannot be read.
      const known = await nameKeys()
      return decrypt(entry, key, known)
    },
    set: async (key, token, ttlMs) => {
      const plaintext = encode(JSON.stringify(token))
      const [first] = await nameKeys()
      const { kid, secret } = first as NamedKey
      const jwe = await new FlattenedEncrypt(plaintext)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
        .setAdditionalAuthenticatedData(encode(key))
        .encrypt(secret)
      // The additional data is not stored, because `get` supplies it. A moved entry that contained it could be read.
      return store.set(key, entryOf(jwe) as object as Token, ttlMs)
    },
    delete: (key) => store.delete(key),
  }
  if (store.lock) wrapped.lock = (...parameters) => store.lock!(...parameters)
  return wrapped
}

/** A key, and the id that entries have for it. */
type NamedKey = { readonly kid: string; readonly secret: Uint8Array }

/** A JWE in the flattened JSON serialization, without its `aad`. */
type Entry = Record<(typeof members)[number], string>

const members = ['protected', 'iv', 'ciphertext', 'tag'] as const

/** Returns the members of a stored entry, or `undefined` if one of them is missing. */
function entryOf(stored: object): Entry | undefined {
  const entry = Object.fromEntries(members.map((member) => [member, (stored as Partial<Entry>)[member]]))
  return Object.values(entry).every((value) => typeof value === 'string') ? (entry as Entry) : undefined
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/**
 * Creates the object that `get` returns for an entry that cannot be read. It is not a token. It is not `undefined`
 * either, so that the source reports the failure.
 */
const unreadable = (why: string): { readonly unreadable: string } => Object.freeze({ unreadable: why })

async function decrypt(entry: Entry, key: string, known: readonly NamedKey[]): Promise<unknown> {
  try {
    const { kid } = decodeProtectedHeader(entry)
    const secret = known.find((one) => one.kid === kid)?.secret
    if (!secret) return unreadable('none of the keys has encrypted it')
    // The unused bits of a last character can have any value. Only the form that `set` wrote is accepted.
    const isAsWritten = [entry.iv, entry.ciphertext, entry.tag].every(
      (part) => base64url.encode(base64url.decode(part)) === part,
    )
    if (!isAsWritten) return changed
    const { plaintext } = await flattenedDecrypt({ ...entry, aad: base64url.encode(key) }, secret, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return JSON.parse(new TextDecoder().decode(plaintext)) as unknown
  } catch {
    return changed
  }
}

const changed = unreadable('it was changed, or moved from another key of the store')
