import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRedactor } from '../../src/failure/redactor.ts'

const secret = 'S3cr3t+of/the=client&"é"<é>'

const hexOf = (text: string) => Buffer.from(text).toString('hex')
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const escapeAll = (text: string, escape: (code: number) => string) =>
  Array.from(text, (char) => escape(char.codePointAt(0) ?? 0)).join('')
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0')

/** The spellings in which servers repeat what they received. */
const spellings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (text) =>
    encodeURIComponent(text).replaceAll(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
  'percent-encoded in full': (text) => Array.from(Buffer.from(text), (byte) => `%${hex(byte, 2)}`).join(''),
  'form-encoded': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'in JSON': json,
  'in JSON, with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'in JSON, with escaped letters': (text) => escapeAll(text, (code) => `\\u${hex(code, 4)}`),
  'in JSON, as PHP writes it': (text) =>
    json(text).replaceAll(/[^\x20-\x7E]|[<>&]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`),
  'in JavaScript': (text) => escapeAll(text, (code) => `\\x${hex(code, 2)}`),
  'in HTML': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'in HTML, in decimal': (text) => escapeAll(text, (code) => `&#${code};`),
  'in HTML, in hex': (text) => escapeAll(text, (code) => `&#x${hex(code, 2)};`),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64, in latin1': (text) => Buffer.from(text, 'latin1').toString('base64'),
  'in Basic': (text) => `Basic ${Buffer.from(`app:${text}`).toString('base64')}`,
  'in hex': hexOf,
}

const names = Object.keys(spellings)
const spell = (names_: readonly string[], text: string) =>
  names_.reduce((spelled, name) => spellings[name]?.(spelled) ?? spelled, text)

test.each(names)('a secret is removed if it is repeated %s', (name) => {
  const redact = createRedactor([secret])
  for (const [before, after] of [
    ['', ''],
    ['id ', ' is wrong'],
    ['key=', '&x=1'],
    ['"', '",'],
    ['(', ')'],
  ]) {
    const text = redact(`The client ${before}${spell([name], secret)}${after}`)
    expect(text).toContain('[redacted]')
    expect(text).toMatch(/^The client /)
    expect(text).not.toContain(spell([name], secret))
  }
})

test('a secret is removed in any two spellings, one in the other', () => {
  const redact = createRedactor([secret])
  for (const outer of names) {
    for (const inner of names) {
      const spelled = spell([inner, outer], secret)
      expect(redact(`it was ${spelled}`), `${inner}, then ${outer}`).not.toContain(spelled)
    }
  }
})

test('no secret of any characters is left, in any spelling', () => {
  const secrets = fc.string({ minLength: 6, maxLength: 60 }).filter((text) => text.trim() === text && text.length >= 6)
  fc.assert(
    fc.property(secrets, fc.subarray(names, { minLength: 1, maxLength: 2 }), fc.lorem(), (hidden, ways, words) => {
      const spelled = spell(ways, hidden)
      const shown = createRedactor([hidden])(`${words} ${spelled} ${words}`)
      expect([hidden, spelled].filter((one) => shown.includes(one))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('a secret that a server cut off is removed if eight characters of it are left', () => {
  const redact = createRedactor([secret])
  for (let length = 8; length < secret.length; length += 1) {
    expect(redact(`the secret ${secret.slice(0, length)}… is wrong`)).toBe('the secret [redacted] is wrong')
  }
})

test('a secret with spaces is removed with the whole text if its spelling is split into words', () => {
  const hidden = 'correct horse battery staple'
  const text = `the phrase ${hidden.replaceAll('o', '&#111;')} is wrong`
  expect(createRedactor([hidden])(text)).toBe('[redacted]')
})

test('the longest of several secrets is removed first, and each of them is', () => {
  const redact = createRedactor(['abcd', 'abcdefgh', undefined, '', 'abcdefghij'])
  expect(redact('abcdefghij abcdefgh abcd abc')).toBe('[redacted] [redacted] [redacted] abc')
})

test('a text without a secret is left as it is', () => {
  const plain = fc.oneof(fc.lorem(), fc.webUrl(), fc.uuid(), fc.json(), fc.base64String())
  fc.assert(
    fc.property(plain, (text) => {
      fc.pre(text.length <= 4000)
      expect(createRedactor(['S3cr3t-of-the-client'])(text)).toBe(text)
    }),
  )
})

test('only the first 4,000 characters of a text are searched and shown', () => {
  expect(createRedactor(['S3cr3t-of-the-client'])('x'.repeat(1_000_000))).toBe('x'.repeat(4000))
})

test('a token of 50,000 characters is removed', () => {
  const token = Buffer.from(Array.from({ length: 37_500 }, (_, index) => index % 251)).toString('base64url')
  expect(createRedactor([token])(`token ${token}`)).toBe('token [redacted]')
  expect(createRedactor([token])(`token ${encodeURIComponent(token)}`)).not.toContain(token.slice(0, 8))
})

test.each([
  ['[redacted]', 'refresh_token [redacted] is unknown'],
  ['redacted-by-vault-1', 'the secret redacted-by-vault-1 is wrong'],
  ['redacted', 'it is redacted'],
  ['[redacted] [redacted]', 'twice [redacted] [redacted]'],
])('a secret like the mark itself, %j, is removed at once', (hidden, text) => {
  expect(createRedactor([hidden, 'S3cr3t-of-the-client'])(text)).toMatch(/\[redacted\]/)
})

const azure = 'k7Qx92LmZp/Tr+8vWn3YcB5dEf=='

test.each(names)(
  'no part of eight characters of a secret is left, after a plain start, if it is repeated %s',
  (name) => {
    for (const hidden of [azure, 'abcdefghij%klmnopq&rstuvwx', `${'x1'.repeat(40)}/${'y2'.repeat(40)}`]) {
      const spelled = spell([name], hidden)
      const shown = createRedactor([hidden])(`unknown secret ${spelled}, sorry`)
      for (let at = 0; at + 8 <= spelled.length; at += 1) expect(shown).not.toContain(spelled.slice(at, at + 8))
    }
  },
)

test('a secret in base64 that is broken into lines is removed with all its lines', () => {
  const hidden = Array.from({ length: 300 }, (_, index) => `${(index * 7919) % 997}-`).join('')
  const lines = Buffer.from(hidden).toString('base64').replaceAll(/.{76}/g, '$&\n').split('\n')
  const shown = createRedactor([hidden])(`bad key ${lines.join('\n')}`)
  for (const line of lines.slice(0, -1)) expect(shown).not.toContain(line.slice(8, 16))
})

test.each([
  ['p@ss1', 'p%40ss1'],
  ['a b+c', 'a+b%2Bc'],
  ['a"b"c', String.raw`a\"b\"c`],
])('a short secret, %s, is removed if it is repeated as %s', (hidden, spelled) => {
  expect(createRedactor([hidden])(`the password ${spelled} is wrong`)).not.toContain(spelled)
})

test.each<[string, (text: string) => string]>([
  ['in ISO-8859-1, read as UTF-8', (text) => new TextDecoder().decode(Buffer.from(text, 'latin1'))],
  ['in UTF-8, read as ISO-8859-1', (text) => Buffer.from(text).toString('latin1')],
])('a secret with accents is removed if it is repeated %s', (_how, garble) => {
  const hidden = 'Päzzwörd-1234567é'
  const shown = createRedactor([hidden])(`bad password ${garble(hidden)}!`)
  expect(shown.replaceAll(/[^\x20-\x7E]+/g, ' ')).not.toMatch(/zzw|1234567/)
})

test.each([
  ['id', 'invalid_client: the id is unknown', 'invalid_client: the [redacted] is unknown'],
  ['a', 'a bad day', '[redacted] bad day'],
  ['abc', 'abc, abcd and (abc)', '[redacted], abcd and ([redacted])'],
])('a secret of a few characters, %j, is removed only as a whole word', (hidden, text, shown) => {
  expect(createRedactor([hidden])(text)).toBe(shown)
})
