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
    expect(redact(`the secret ${secret.slice(0, length)}… is wrong`)).toBe('the secret [redacted]… is wrong')
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

test('a short secret is removed as it is only', () => {
  expect(createRedactor(['abcd'])('abcd YWJjZA==')).toBe('[redacted] YWJjZA==')
})

test('only the first 4,000 characters of a text are searched and shown', () => {
  expect(createRedactor(['S3cr3t-of-the-client'])('x'.repeat(1_000_000))).toBe('x'.repeat(4000))
})

test('a token of 50,000 characters is removed', () => {
  const token = Buffer.from(Array.from({ length: 37_500 }, (_, index) => index % 251)).toString('base64url')
  expect(createRedactor([token])(`token ${token}`)).toBe('token [redacted]')
  expect(createRedactor([token])(`token ${encodeURIComponent(token)}`)).not.toContain(token.slice(0, 8))
})
