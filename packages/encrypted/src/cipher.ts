import type { Token } from '@oauthkit/core'
// Loaded at the start, not at the first use: a source would treat a slow first use as a store that is down.
import { base64url, calculateJwkThumbprint, decodeProtectedHeader, flattenedDecrypt, FlattenedEncrypt } from 'jose'

/** Encrypts and decrypts the entries of a store. */
export type Cipher = {
  /** Encrypts a text. The result is what the store keeps under the key: not a token, but JSON as a token is. */
  readonly encrypt: (key: string, text: string) => Promise<Token>
  /**
   * Decrypts what the store keeps under the key. Returns `undefined` if that is nothing, and an object that is not a
   * token if it cannot be read.
   */
  readonly decrypt: (key: string, stored: unknown) => Promise<unknown>
}

/** Creates a cipher. The first secret encrypts, and all decrypt. */
export function createCipher(secrets: readonly Uint8Array[]): Cipher {
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

  return {
    encrypt: async (key, text) => {
      const [first] = await nameKeys()
      const { kid, secret } = first as NamedKey
      const jwe = await new FlattenedEncrypt(encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid })
        .setAdditionalAuthenticatedData(encode(key))
        .encrypt(secret)
      // The additional data is not stored, because `decrypt` supplies it. A moved entry that contained it could be read.
      return entryOf(jwe) as object as Token
    },
    decrypt: async (key, stored) => {
      if (stored === undefined || stored === null) return undefined
      const entry = entryOf(stored)
      if (!entry) return unreadable('it is not encrypted')
      // An error here comes from the platform. It does not mean that the entry cannot be read.
      const known = await nameKeys()
      return decryptEntry(entry, key, known)
    },
  }
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
 * Creates the object that stands for an entry that cannot be read. It is not a token. It is not `undefined`
 * either, so that the source reports the failure.
 */
const unreadable = (why: string): { readonly unreadable: string } => Object.freeze({ unreadable: why })

async function decryptEntry(entry: Entry, key: string, known: readonly NamedKey[]): Promise<unknown> {
  try {
    const { kid } = decodeProtectedHeader(entry)
    const secret = known.find((one) => one.kid === kid)?.secret
    if (!secret) return unreadable('none of the keys has encrypted it')
    // The unused bits of a last character can have any value. Only the form that `encrypt` wrote is accepted.
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
