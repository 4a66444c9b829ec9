import type { Token, TokenStore } from '@oauthkit/core'
// Not loaded when it is first needed: to a source, a slow start would look like a store that is down.
import { base64url, calculateJwkThumbprint, decodeProtectedHeader, flattenedDecrypt, FlattenedEncrypt } from 'jose'
import { readKeys, type EncryptionKey } from './encryption-keys.ts'

/**
 * Wraps a store so that whoever reads it, or a copy of it, finds no token: each is an encrypted JWE (`dir`, `A256GCM`).
 *
 * ```ts
 * const source = createTokenSource({ provider, clientId: 'app', store: encrypted(store, key) })
 * ```
 *
 * An entry can be read under its own key of the store only. For one that cannot be read `get` gives an object that is no
 * token, so that a source reports `store-failed`, goes on as if there were none, and writes the next token over it. That is
 * one that was changed, cut off or moved, that none of the keys has encrypted, or that is not encrypted at all. What the
 * store throws comes through.
 *
 * Make it once for each store, since sources over one object join the same renewals. It has a `lock` if the store has one.
 *
 * @param store - where the entries go: plain JSON objects, under the key and with the lifetime that the token came with.
 * @param keys - one key, or several: the first encrypts, and all decrypt.
 * @throws `TypeError` if a key is not 32 random bytes, or there is none. It shows nothing of them.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516.html#section-7.2.2 RFC 7516 §7.2.2},
 * {@link https://www.rfc-editor.org/rfc/rfc7518.html#section-5.3 RFC 7518 §5.3}
 */
export function encrypted(store: TokenStore, keys: EncryptionKey | readonly EncryptionKey[]): TokenStore {
  const secrets = readKeys(keys)
  // The keys, not a promise of them: on Workers, one request's promise may never settle in another.
  let named: readonly NamedKey[] | undefined

  const nameKeys = async (): Promise<readonly NamedKey[]> => {
    named ??= await Promise.all(
      secrets.map(async (secret) => {
        const thumbprint = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(secret) })
        // Enough to tell keys apart. It says nothing of a random key.
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
      // What fails here is the platform, which says nothing of the entry.
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
      // Whoever reads it brings the additional data: if it was stored as well, a moved entry would bring its own.
      return store.set(key, entryOf(jwe) as object as Token, ttlMs)
    },
    delete: (key) => store.delete(key),
  }
  if (store.lock) wrapped.lock = (...parameters) => store.lock!(...parameters)
  return wrapped
}

/** A key, and what entries call it. */
type NamedKey = { readonly kid: string; readonly secret: Uint8Array }

/** A JWE in the flattened JSON serialization, less its `aad`. */
type Entry = Record<(typeof members)[number], string>

const members = ['protected', 'iv', 'ciphertext', 'tag'] as const

/** Takes the members of an entry out of what a store gave; `undefined` if it has not got them all. */
function entryOf(stored: object): Entry | undefined {
  const entry = Object.fromEntries(members.map((member) => [member, (stored as Partial<Entry>)[member]]))
  return Object.values(entry).every((value) => typeof value === 'string') ? (entry as Entry) : undefined
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What stands for an entry that cannot be read: no token, and not nothing either, so that somebody is told. */
const unreadable = (why: string): { readonly unreadable: string } => Object.freeze({ unreadable: why })

async function decrypt(entry: Entry, key: string, known: readonly NamedKey[]): Promise<unknown> {
  try {
    const { kid } = decodeProtectedHeader(entry)
    const secret = known.find((one) => one.kid === kid)?.secret
    if (!secret) return unreadable('none of the keys has encrypted it')
    // The unused bits of a last character could be anything: an entry is to have one form, and no other is read.
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

const changed = unreadable('it was changed, or it belongs under another key of the store')
