import { EncryptJWT, jwtDecrypt } from 'jose'

/** Encrypts values for cookies, and decrypts them. See RFC 7516. */
export type Sealed<T extends object> = {
  /** Encrypts a value. The text is valid for `maxAgeMs` milliseconds. */
  readonly seal: (value: T, maxAgeMs: number) => Promise<string>
  /** Decrypts a text. Returns `undefined` if it is not valid: changed, expired, or made with another secret. */
  readonly open: (text: string) => Promise<T | undefined>
}

/**
 * Creates the encryption for one purpose. A text that was made for another purpose is not valid.
 *
 * @param secrets - the first one encrypts, and all decrypt.
 */
export function createSealed<T extends object>(secrets: readonly string[], purpose: string): Sealed<T> {
  const keys = new Map<string, Uint8Array>()
  // Keeps the key, not its promise: on Workers, a promise of one request may never settle in another request.
  const keyOf = async (secret: string): Promise<Uint8Array> => {
    const key = keys.get(secret) ?? (await deriveKey(secret, purpose))
    keys.set(secret, key)
    return key
  }
  return {
    seal: async (value, maxAgeMs) =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(new Date(Date.now() + maxAgeMs))
        .encrypt(await keyOf(secrets[0] ?? '')),
    open: async (text) => {
      for (const secret of secrets) {
        // oxlint-disable-next-line no-await-in-loop -- few, and the first one is the usual one
        const opened = await decrypt<T>(text, await keyOf(secret))
        if (opened) return opened
      }
      return undefined
    },
  }
}

async function decrypt<T extends object>(text: string, key: Uint8Array) {
  const only = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  const currentDate = new Date(Date.now())
  try {
    const { payload } = await jwtDecrypt<{ value: T }>(text, key, {
      ...only,
      currentDate,
      requiredClaims: ['exp', 'value'],
    })
    return payload.value
  } catch {
    return undefined
  }
}

/** Derives the key for a purpose. See RFC 5869. */
async function deriveKey(secret: string, purpose: string): Promise<Uint8Array> {
  const encoder = new TextEncoder()
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveBits'])
  const info = encoder.encode(purpose)
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256))
}
