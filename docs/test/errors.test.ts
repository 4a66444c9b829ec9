import { globSync, readFileSync } from 'node:fs'
import { bearerFetch, createTokenSource } from '@oauthkit/core'
import { createEmulator } from '@oauthkit/emulator'
import { createLogin } from '@oauthkit/login'
import { orangeTokens } from '@oauthkit/orange'
import { privateKeyJwt } from '@oauthkit/private-key-jwt'
import { expect, test } from 'vitest'
import { publicPackages, root } from '../site/public-packages.ts'
import { findMessagesIn, findTexts, isOther, normalise, otherTexts } from './find-messages.ts'

const page = readFileSync(new URL('../errors.md', import.meta.url), 'utf8')
const [, byMessage = ''] = page.split(/^## By message$/m)

/** The rows of the tables of messages. The first word of a heading is the package. */
const rows = byMessage.split(/^### /m).flatMap((section) => {
  const [owner = ''] = /^[\w-]+/.exec(section) ?? []
  const cells = Array.from(section.matchAll(/^\| (`.+?) +\| (.*?) *\|$/gm), ([, first = '', remedy = '']) => ({
    owner,
    messages: Array.from(first.matchAll(/`([^`]+)`/g), ([, message = '']) => normalise(message)),
    remedy,
  }))
  return cells
})

const entries = new Set(rows.flatMap(({ owner, messages }) => messages.map((message) => `${owner}: ${message}`)))
const texts = findTexts()
const messages = texts.filter((text) => !isOther(text))

test('each message of the published packages is on the page, under the name of its package', () => {
  expect(messages.length).toBeGreaterThan(500)
  const missing = messages.filter(({ owner, text }) => !entries.has(`${owner}: ${text}`))
  expect(missing.map(({ place, text }) => `${place}: ${text}`)).toEqual([])
})

test('the page has no message that no package has', () => {
  const known = new Set(messages.map(({ owner, text }) => `${owner}: ${text}`))
  expect([...entries].filter((entry) => !known.has(entry))).toEqual([])
})

test('each message has one row in the part of its package, and each row says what to do', () => {
  expect(rows.flatMap((row) => row.messages)).not.toContain('')
  expect(rows.filter(({ remedy }) => remedy === '')).toEqual([])
  const owners = new Set(rows.map(({ owner }) => owner))
  const withMessages = publicPackages.map(({ folder }) => folder.slice('packages/'.length))
  // Digitaleo has no messages of its own: it uses those of core.
  expect([...owners].toSorted()).toEqual(withMessages.filter((name) => name !== 'digitaleo').toSorted())
})

test.each([
  ["throw new TypeError('bad')", ['bad']],
  ['throw new RangeError(`${name} must be ${what}`)', ['… must be …']],
  ["const advice = new Map([['a', 'try it again']])", ['try it again']],
  ["fail(name, 'is too ' + (is ? 'long for it' : 'short'))", ['is too …', 'long for it']],
  ["const what = `it is ${is ? 'ahead' : ''}${isLate ? ' and late' : ''}`", ['it is …', 'ahead', 'and late']],
  ["import { one } from 'a b'; export * from 'c d'; type Name = 'e f'; const g = 'one-word'", []],
])('the messages of %s are found', (code, found) => {
  expect(findMessagesIn('packages/core/src/a.ts', code).map(({ text }) => text)).toEqual(found)
})

test.each(otherTexts)('a text that is no message, %s, still exists', (_what, file, text) => {
  expect(texts.some((one) => file.test(one.place) && text.test(one.text))).toBe(true)
})

/** Writes a text so that it has no special meaning in a regular expression. */
const escape = (text: string) => text.replaceAll(/[^\w ]/g, String.raw`\$&`)

/** What a user sees, from the program that causes it. */
const causes: readonly (readonly [name: string, cause: () => unknown])[] = [
  ['options are missing', () => createTokenSource({ clientId: '' })],
  ['an option is misspelt', () => orangeTokens({ clientId: 'a', clientSecret: 'b', timeout: 1 } as object)],
  ['a key is public', () => privateKeyJwt({ key: '-----BEGIN PUBLIC KEY-----' })],
  ['a login has no issuer', () => createLogin({ clientId: 'a', redirectUri: 'https://app.example' })],
  [
    'a secret is wrong',
    () => orangeTokens({ clientId: 'a', clientSecret: 'Basic b', fetch: createEmulator().fetch }).getToken(),
  ],
  [
    'a server is gone',
    () => {
      const gone = async () => Promise.reject(Object.assign(new TypeError(), { cause: { code: 'EPROTO' } }))
      return orangeTokens({ clientId: 'a', clientSecret: 'b', fetch: gone }).getToken()
    },
  ],
  [
    'a source returns no token',
    () => bearerFetch({ apis: ['https://a.example'], getToken: async () => ({}) as never })('https://a.example'),
  ],
]

test.each(causes)('a message that a program shows is on the page: %s', async (_name, cause) => {
  const error: unknown = await (async () => cause())().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  const { message } = error as Error
  // A message has the text between its colons from one row or from several.
  const known = rows.flatMap((row) => row.messages).filter((entry) => entry.replaceAll(/[… ]/g, '').length > 8)
  const parts = known.filter((entry) => new RegExp(entry.split('…').map(escape).join('.+')).test(message))
  expect({ message, parts }).not.toEqual({ message, parts: [] })
})

test('no page sends readers to the place where the errors were described before', () => {
  const files = globSync(['*.md', 'docs/*.md', 'packages/*/README.md', 'packages/*/src/**/*.ts'], { cwd: root })
  expect(files.filter((file) => readFileSync(root + file, 'utf8').includes('how-it-works.md#errors'))).toEqual([])
})
