/**
 * A key to encrypt with: 32 random bytes, as base64url, base64 or hex text, or as they are. Blanks around a text do not count.
 *
 * `openssl rand -base64 32` makes one. A passphrase is none: what can be told to be one is refused.
 */
export type EncryptionKey = string | Uint8Array

/**
 * Reads one key or several, each as 32 bytes of its own.
 *
 * @throws `TypeError` that shows nothing of what it was given.
 */
export function readKeys(keys: EncryptionKey | readonly EncryptionKey[]): readonly Uint8Array[] {
  if (!Array.isArray(keys)) return [readKey(keys, 'the key')]
  if (keys.length === 0) throw new TypeError('the list of keys is empty: its first key encrypts')
  return keys.map((key: unknown, index) => readKey(key, `keys[${index}]`))
}

function readKey(key: unknown, what: string): Uint8Array {
  const bytes = typeof key === 'string' ? decode(key.trim()) : copy(key)
  if (bytes?.length === 32 && isRandom(bytes)) return bytes
  throw new TypeError(
    `${what} must be 32 random bytes, as base64url, base64 or hex text or as a Uint8Array, and no passphrase: make one with openssl rand -base64 32`,
  )
}

// The last of 43 characters stands for four bits only: any other would be a second spelling of the same key.
const base64 = /^(?:[\w-]{42}|[A-Za-z\d+/]{42})[AEIMQUYcgkosw048]=?$/

function decode(text: string): Uint8Array | undefined {
  if (/^[\da-f]{64}$/i.test(text)) return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  if (!base64.test(text)) return undefined
  const binary = atob(text.replace('=', '').replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** A copy, since the caller may well wipe what is theirs. It may be of another realm, such as a test runner's. */
const copy = (key: unknown): Uint8Array | undefined =>
  Object.prototype.toString.call(key) === '[object Uint8Array]' ? Uint8Array.from(key as Uint8Array) : undefined

/** Says whether bytes can be a key: no zeros that nobody filled in, and no text. Of random ones, 1 in 10^13 would be text. */
const isRandom = (bytes: Uint8Array): boolean =>
  bytes.some((byte) => byte !== bytes[0]) && bytes.some((byte) => byte < 0x20 || byte > 0x7e)
