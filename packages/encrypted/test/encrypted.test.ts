import type { Token, TokenStore } from '@oauthkit/core'
import { testTokenStore } from '@oauthkit/core/testing'
import * as fc from 'fast-check'
import { decodeProtectedHeader, flattenedDecrypt, FlattenedEncrypt } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { encrypted } from '../src/index.ts'
import { createDatabase, full, makeKey } from './support.ts'

const unreadable = { unreadable: expect.any(String) }

describe('over a Map', () => {
  testTokenStore(test, () => encrypted(new Map(), makeKey()), { timeoutMs: 60_000 })
})

describe('over a store with a lock and a replace that several processes share', () => {
  const key = makeKey()
  let database = createDatabase()
  const open = () => encrypted(database.open({ lock: database.lock, replace: database.replace }), key)
  const create = () => {
    database = createDatabase()
    return open()
  }
  testTokenStore(test, create, { sibling: open, hasLock: true, hasReplace: true, timeoutMs: 60_000 })
})

test.each(['lock', 'replace'])('a store without a %s gets none', (name) => {
  expect(name in encrypted(new Map(), makeKey())).toBe(false)
})

describe('replace', () => {
  const key = makeKey()
  const database = createDatabase()
  const store = encrypted(database.open({ replace: database.replace }), key) as Required<TokenStore>

  test('encrypts the token, and passes the lifetime on unchanged', async () => {
    expect(await store.replace('new', (current) => current === undefined, full, 1234.5)).toBe(true)
    expect(Object.keys(database.entry('new'))).toEqual(['protected', 'iv', 'ciphertext', 'tag'])
    expect(await store.get('new')).toEqual(full)
    expect(database.lifetimes.at(-1)).toBe(1234.5)
  })

  test('shows an entry that cannot be read as get does, and can write over it', async () => {
    for (const value of [full, 'text', {}]) {
      database.put('key', value)
      const shown: unknown[] = []
      expect(await store.replace('key', (current) => shown.push(current) > 0, full)).toBe(true)
      expect(shown).toEqual([{ unreadable: 'it is not encrypted' }])
      expect(await store.get('key')).toEqual(full)
    }
  })

  test('does not write over an entry that was encrypted again, even if the token is the same', async () => {
    await store.set('key', full)
    const before = database.entry('key')
    await store.set('key', full)
    const after = database.entry('key')
    database.put('key', before)
    const isExpected = () => {
      database.put('key', after)
      return true
    }
    expect(await store.replace('key', isExpected, { accessToken: 'next' })).toBe(false)
    expect(database.entry('key')).toEqual(after)
  })

  test('stores the token as it is at the call, even if the caller changes it later', async () => {
    const token = { accessToken: 'before' }
    const writing = store.replace('key', () => true, token)
    token.accessToken = 'after'
    await writing
    expect(await store.get('key')).toEqual({ accessToken: 'before' })
  })
})

test('an entry is plain JSON: a JWE that jose decrypts if it also gets the key of the store', async () => {
  const database = createDatabase()
  const key = makeKey()
  await encrypted(database.open(), key).set('key', full)
  const { protected: header, iv, ciphertext, tag, ...others } = database.entry('key')
  expect(others).toEqual({})
  const jwe = { protected: header!, iv: iv!, ciphertext: ciphertext!, tag: tag!, aad: btoa('key') }
  const { plaintext } = await flattenedDecrypt(jwe, key)
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual(full)
  expect(decodeProtectedHeader(jwe)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: expect.stringMatching(/^[\w-]{16}$/) })
})

test('the same token becomes a different entry each time', async () => {
  const database = createDatabase()
  const store = encrypted(database.open(), makeKey())
  await store.set('key', full)
  const before = database.entry('key')
  await store.set('key', full)
  const after = database.entry('key')
  expect(after['iv']).not.toBe(before['iv'])
  expect(after['ciphertext']).not.toBe(before['ciphertext'])
})

test('the lifetime is passed on unchanged', async () => {
  const database = createDatabase()
  const store = encrypted(database.open(), makeKey())
  await store.set('key', full, 1234.5)
  await store.set('key', full)
  expect(database.lifetimes).toEqual([1234.5, undefined])
})

test('set stores the token as it is at the call, even if the caller changes it later', async () => {
  const store = encrypted(new Map(), makeKey())
  const token = { accessToken: 'before' }
  const writing = store.set('key', token)
  token.accessToken = 'after'
  await writing
  expect(await store.get('key')).toEqual({ accessToken: 'before' })
})

test('results and errors of the store are passed on', async () => {
  const failure = new Error('down')
  const reject = () => Promise.reject(failure)
  const key = makeKey()
  const broken = encrypted({ get: reject, set: reject, delete: reject }, key)
  await expect(broken.get('key')).rejects.toBe(failure)
  await expect(broken.set('key', full)).rejects.toBe(failure)
  await expect(broken.delete('key')).rejects.toBe(failure)
  const refusing = encrypted({ get: () => null, set: () => false, delete: () => true }, key)
  expect(await refusing.get('key')).toBeUndefined()
  expect(await refusing.set('key', full)).toBe(false)
  expect(await refusing.delete('key')).toBe(true)
})

test('get fails on a platform that cannot decrypt, because it is unknown what is stored', async () => {
  const inner = new Map()
  const key = makeKey()
  await encrypted(inner, key).set('key', full)
  const digest = vi.spyOn(crypto.subtle, 'digest').mockRejectedValue(new Error('not here'))
  await expect(encrypted(inner, key).get('key')).rejects.toThrow('not here')
  digest.mockRestore()
})

describe('key rotation', () => {
  const [older, newer] = [makeKey(), makeKey()]

  test('each key in the list decrypts, and the first one encrypts', async () => {
    const inner = new Map()
    await encrypted(inner, older).set('old', full)
    const rotating = encrypted(inner, [newer, older])
    expect(await rotating.get('old')).toEqual(full)
    await rotating.set('new', full)
    expect(await rotating.get('new')).toEqual(full)
    expect(await encrypted(inner, newer).get('new')).toEqual(full)
    expect(await encrypted(inner, older).get('new')).toEqual(unreadable)
  })

  test('a key that is in the list decrypts, even if it is not the first', async () => {
    const inner = new Map()
    await encrypted(inner, [newer, older]).set('new', full)
    expect(await encrypted(inner, [older, newer]).get('new')).toEqual(full)
  })

  test('after a key is removed from the list, its entries cannot be read', async () => {
    const inner = new Map()
    await encrypted(inner, [older, newer]).set('old', full)
    expect(await encrypted(inner, newer).get('old')).toEqual({ unreadable: 'none of the keys has encrypted it' })
  })
})

describe('an entry cannot be read', () => {
  const key = makeKey()
  const database = createDatabase()
  const store = encrypted(database.open(), key)
  const members = ['protected', 'iv', 'ciphertext', 'tag']

  test('if any one of its bits is flipped', async () => {
    await store.set('key', { accessToken: 'access-secret' })
    const entry = database.entry('key')
    let count = 0
    for (const member of members) {
      const text = entry[member]!
      for (let position = 0; position < text.length; position++) {
        for (let bit = 0; bit < 8; bit++) {
          const flipped = String.fromCharCode(text.charCodeAt(position) ^ (1 << bit))
          database.put('key', { ...entry, [member]: text.slice(0, position) + flipped + text.slice(position + 1) })
          expect(await store.get('key'), `bit ${bit} of character ${position} of ${member}`).toEqual(unreadable)
          count++
        }
      }
    }
    expect(count).toBeGreaterThan(1000)
    database.put('key', entry)
    expect(await store.get('key')).toEqual({ accessToken: 'access-secret' })
  })

  test('if any text in it is inserted, removed or replaced, for any token', async () => {
    const change = fc.record({
      member: fc.constantFrom(...members),
      at: fc.nat({ max: 10_000 }),
      removed: fc.nat({ max: 20 }),
      inserted: fc.oneof(fc.base64String(), fc.string({ maxLength: 4 }), fc.constantFrom('', '=', '-', '_', 'A')),
    })
    const property = fc.asyncProperty(fc.string({ minLength: 1 }), change, async (accessToken, parts) => {
      await store.set('key', { accessToken })
      const entry = database.entry('key')
      const text = entry[parts.member]!
      const at = parts.at % text.length
      const altered = text.slice(0, at) + parts.inserted + text.slice(at + parts.removed)
      fc.pre(altered !== text)
      database.put('key', { ...entry, [parts.member]: altered })
      expect(await store.get('key')).toEqual(unreadable)
    })
    await fc.assert(property, { numRuns: 300 })
  })

  test('if it is swapped with another entry, or copied from one', async () => {
    await store.set('mine', { accessToken: 'mine' })
    await store.set('yours', { accessToken: 'yours' })
    const [mine, yours] = [database.entry('mine'), database.entry('yours')]
    database.put('mine', yours)
    database.put('yours', mine)
    expect(await store.get('mine')).toEqual(unreadable)
    expect(await store.get('yours')).toEqual(unreadable)
    // With the other key in `aad`, where a JWE has it.
    database.put('mine', { ...yours, aad: btoa('yours') })
    expect(await store.get('mine')).toEqual(unreadable)
    database.put('mine', mine)
    expect(await store.get('mine')).toEqual({ accessToken: 'mine' })
  })

  test('if it is a mix of parts of two entries', async () => {
    await store.set('key', { accessToken: 'one' })
    const one = database.entry('key')
    await store.set('key', { accessToken: 'two' })
    const two = database.entry('key')
    for (const member of ['iv', 'ciphertext', 'tag']) {
      database.put('key', { ...one, [member]: two[member] })
      expect(await store.get('key')).toEqual(unreadable)
    }
  })

  test.each(members)('if its %s is missing', async (member) => {
    await store.set('key', full)
    database.put('key', { ...database.entry('key'), [member]: undefined })
    expect(await store.get('key')).toEqual({ unreadable: 'it is not encrypted' })
  })

  test.each<[string, unknown]>([
    ['a token that is not encrypted', full],
    ['such a token, with the members of an entry', { ...full, protected: 'e30', iv: '', ciphertext: '', tag: '' }],
    ['an object without members', {}],
    ['a list', [1]],
    ['a text', 'access-secret'],
    ['an empty text', ''],
    ['a number', 0],
    ['false', false],
  ])('if it is %s', async (_what, value) => {
    database.put('key', value)
    expect(await store.get('key')).toEqual(unreadable)
  })

  test.each([
    ['no algorithm and no encryption', { alg: 'none', enc: 'none' }],
    ['no encryption', { alg: 'dir', enc: 'none' }],
    ['another algorithm', { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2s: 'AAAAAAAAAAA', p2c: 1_000_000_000 }],
    ['another encryption', { alg: 'dir', enc: 'A128CBC-HS256' }],
  ])('if its header names %s', async (_what, header) => {
    await store.set('key', full)
    const entry = database.entry('key')
    const { kid } = decodeProtectedHeader(entry)
    database.put('key', { ...entry, protected: btoa(JSON.stringify({ ...header, kid })).replaceAll('=', '') })
    expect(await store.get('key')).toEqual(unreadable)
  })

  test('if one of the keys encrypted it, but with another algorithm', async () => {
    await store.set('key', full)
    const { kid } = decodeProtectedHeader(database.entry('key'))
    const foreign = await new FlattenedEncrypt(new TextEncoder().encode(JSON.stringify(full)))
      .setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256', kid: kid! })
      .setAdditionalAuthenticatedData(new TextEncoder().encode('key'))
      .encrypt(key)
    database.put('key', foreign)
    expect(await store.get('key')).toEqual(unreadable)
  })

  test('and the caller cannot change the result of get into a token', async () => {
    database.put('key', 'access-secret')
    const got = await store.get('key')
    expect(() => Object.assign(got as Token, full)).toThrow(TypeError)
    const again: TokenStore = store
    expect(await again.get('key')).toEqual(unreadable)
  })
})
