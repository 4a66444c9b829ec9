import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { encrypted, type EncryptionKey } from '../src/index.ts'
import { full, makeKey } from './support.ts'

const bytes = Uint8Array.from({ length: 32 }, (_, index) => (index < 3 ? 251 + index * 4 : (index * 37) % 256))
const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const base64 = btoa(String.fromCharCode(...bytes))
const base64url = base64.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')

test('the sample key has characters that differ between base64 and base64url', () => {
  expect(base64).toMatch(/\+.*\/|\/.*\+/)
})

test.each<[string, EncryptionKey]>([
  ['base64url', base64url],
  ['base64url with padding', `${base64url}=`],
  ['base64', base64],
  ['base64 without padding', base64.slice(0, -1)],
  ['hex', hex],
  ['hex in capitals', hex.toUpperCase()],
  ['text with white space around it, as in a file', ` ${base64}\r\n`],
  ['a Buffer', Buffer.from(bytes)],
  ['a view of a larger buffer', new Uint8Array([...bytes, ...bytes, 7]).subarray(32, 64)],
])('a key given as %s is the same key', async (_what, key) => {
  const store = new Map()
  await encrypted(store, bytes).set('key', full)
  expect(await encrypted(store, key).get('key')).toEqual(full)
})

test('a key still works after the caller wipes it', async () => {
  const key = makeKey()
  const inner = new Map()
  await encrypted(inner, Uint8Array.from(key)).set('key', full)
  const store = encrypted(inner, key)
  key.fill(0)
  expect(await store.get('key')).toEqual(full)
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty text', ''],
  ['spaces', '   '],
  ['a passphrase', 'correct horse battery staple'],
  ['a passphrase of 32 characters', 'correct-horse-battery-staple-123'],
  ['a passphrase of 32 characters as bytes', new TextEncoder().encode('correct-horse-battery-staple-123')],
  ['a passphrase of 32 characters as base64', btoa('correct-horse-battery-staple-123')],
  ['a passphrase of 43 characters', 'correct horse battery staple or another one'],
  ['16 bytes as hex', hex.slice(32)],
  ['31 bytes', bytes.subarray(1)],
  ['33 bytes', new Uint8Array([...bytes, 1])],
  ['31 bytes as base64', btoa(String.fromCharCode(...bytes.subarray(1)))],
  ['33 bytes as base64', btoa(String.fromCharCode(...bytes, 1))],
  [
    '48 bytes as base64, which are as long as 32 bytes as hex',
    btoa(String.fromCharCode(...bytes, ...bytes.subarray(16))),
  ],
  ['hex with a letter that is not a hex digit', `${hex.slice(1)}g`],
  ['base64 and base64url mixed', base64.replace('+', '-')],
  ['base64 whose last character has extra bits', base64url.replace(/.$/, 'B')],
  ['base64 with too much padding', `${base64}=`],
  ['zeros in an array that was never filled', new Uint8Array(32)],
  ['zeros as hex', '0'.repeat(64)],
  ['a number', 32],
  ['a list of numbers', [...bytes]],
  ['an ArrayBuffer', bytes.buffer],
  ['a Uint16Array', new Uint16Array(32).map((_, index) => index)],
  ['a JWK', { kty: 'oct', k: base64url }],
])('%s is not a key: a TypeError says so at once, and does not show it', (_what, key) => {
  const make = (given: unknown) => () => encrypted(new Map(), given as EncryptionKey)
  expect(make(key)).toThrow(TypeError)
  expect(make(key)).toThrow(/must be 32 random bytes/)
  const error = errorOf(make([bytes, key]))
  expect(error).toBeInstanceOf(TypeError)
  expect((error as Error).message).toMatch(/^keys\[1\] must be 32 random bytes/)
  const given = typeof key === 'string' && key.trim() ? [key.slice(0, 8), key.slice(-8)] : []
  for (const part of given) expect(inspect(error)).not.toContain(part)
})

test('an empty list of keys is a TypeError', () => {
  expect(() => encrypted(new Map(), [])).toThrow(
    new TypeError('the list of keys is empty: pass one or more, the first encrypts'),
  )
})

test('neither inspect nor JSON shows a key', async () => {
  const inner = new Map()
  const store = encrypted(inner, [bytes, makeKey()])
  await store.set('key', full)
  const shown = [inspect(store, { depth: 9, showHidden: true }), JSON.stringify(store), JSON.stringify([...inner])]
  for (const text of shown) {
    for (const key of [hex, base64, base64url, bytes.join(','), bytes.join(', ')]) {
      expect(text).not.toContain(key.slice(0, 12))
      expect(text).not.toContain(key.slice(12, 24))
    }
  }
})

function errorOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
