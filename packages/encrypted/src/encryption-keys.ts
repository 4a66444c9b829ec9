/**
 * An encryption key: 32 random bytes, as base64url, base64 or hex text, or as a `Uint8Array`. White space around a text
 * is ignored.
 *
 * `openssl rand -base64 32` makes one. A passphrase is not a key, and is refused if it can be recognized as one.
 */
export type EncryptionKey = string | Uint8Array

/**
 * Reads one or more keys. Returns a separate copy of 32 bytes for each.
 *
 * @throws `TypeError` that shows no part of the given keys.
 */
export function readKeys(keys: EncryptionKey | readonly EncryptionKey[]): readonly Uint8Array[] {
  if (!Array.isArray(keys)) return [readKey(keys, 'the key')]
  if (keys.length === 0) throw new TypeError('the list of keys is empty: pass one or more, the first encrypts')
  return keys.map((key: unknown, index) => readKey(key, `keys[${index}]`))
}

function readKey(key: unknown, what: string): Uint8Array {
  const bytes = typeof key === 'string' ? decode(key.trim()) : copy(key)
  if (bytes?.length === 32 && isRandom(bytes)) return bytes
  throw new TypeError(
    `${what} must be 32 random bytes, as base64url, base64 or hex text or as a Uint8Array, not a passphrase: make one with openssl rand -base64 32`,
  )
}

// The last of 43 characters holds only four bits. With other last characters, one key would have several spellings.
const base64 = /^(?:[\w-]{42}|[A-Za-z\d+/]{42})[AEIMQUYcgkosw048]=?$/

function decode(text: string): Uint8Array | undefined {
  if (/^[\da-f]{64}$/i.test(text)) return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  if (!base64.test(text)) return undefined
  const binary = atob(text.replace('=', '').replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/**
 * Copies the bytes, because the caller can wipe the original later. The array can come from another realm, such as that
 * of a test runner.
 */
const copy = (key: unknown): Uint8Array | undefined =>
  Object.prototype.toString.call(key) === '[object Uint8Array]' ? Uint8Array.from(key as Uint8Array) : undefined

/**
 * Whether bytes can be a key: they are neither all the same, such as the zeros of a new array, nor all text. Fewer than
 * 1 in 10^13 random keys are text.
 */
const isRandom = (bytes: Uint8Array): boolean =>
  bytes.some((byte) => byte !== bytes[0]) && bytes.some((byte) => byte < 0x20 || byte > 0x7e)
