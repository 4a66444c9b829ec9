import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { challengesToken } from '../../src/request/rejection.ts'

// `WWW-Authenticate` by its grammar: RFC 9110 §11.2 to §11.6.1. The tests write challenges, and know what they mean.

const isAboutToken = (header: string) =>
  challengesToken(new Response(null, { status: 401, headers: { 'www-authenticate': header } }))

const unfixable = ['insufficient_scope', 'insufficient_user_authentication', 'use_dpop_nonce']
const errors = [...unfixable, 'invalid_token', 'invalid_request', 'other']

/** What a challenge means: its scheme and its errors. */
type Meaning = { readonly scheme: string; readonly errors: readonly string[] }

/** Whether the token was rejected. The challenges of `Bearer` decide, or else those of `DPoP`. */
function expected(challenges: readonly Meaning[]): boolean {
  const of = (scheme: string) => challenges.filter((one) => one.scheme === scheme)
  const deciding = of('bearer').length > 0 ? of('bearer') : of('dpop')
  const named = deciding.flatMap((one) => one.errors)
  return named.length === 0 || named.some((error) => !unfixable.includes(error))
}

const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => Array.from(text, (char, index) => (upper[index] ? char.toUpperCase() : char)).join(''))

/** Optional blanks, where the grammar has OWS or BWS. */
const blanks = fc.constantFrom('', '', '', ' ', '\t', '  ')

const token = fc.string({ unit: fc.constantFrom(...Array.from("abz09!#$%&'*+-.^_`|~")), minLength: 1, maxLength: 5 })

/** A quoted string with this text. Any of its characters can be a quoted-pair. */
const quoted = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map(
      (pairs) => `"${Array.from(text, (char, at) => (pairs[at] || /["\\]/.test(char) ? `\\${char}` : char)).join('')}"`,
    )

/** Texts that look like the other parts of a header. */
const confusing = fc.oneof(
  fc.constantFrom(
    'error=insufficient_scope',
    ', Bearer error="insufficient_scope"',
    '", error="insufficient_scope", x="',
    'Bearer',
    ', DPoP',
    ',,',
    '\\',
    '',
  ),
  fc.string({ unit: fc.constantFrom(...Array.from('aB ,="\\')), maxLength: 8 }),
)

const parameterOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.tuple(name, blanks, blanks, value).map(([left, before, after, right]) => `${left}${before}=${after}${right}`)

const otherParameter = parameterOf(
  fc.oneof(
    fc.constantFrom('realm', 'scope', 'error_description', 'error_uri', 'x-error', 'Error_Code', 'bearer', 'dpop'),
    token.filter((text) => !/^error$/i.test(text)),
  ),
  fc.oneof(token, confusing.chain(quoted)),
)

const errorParameter = fc
  .constantFrom(...errors)
  .chain((error) =>
    parameterOf(anyCase('error'), fc.oneof(fc.constant(error), quoted(error))).map((text) => ({ text, error })),
  )

const token68 = fc
  .tuple(fc.constantFrom('abc', 'YII', 'a/b+c~', 'error', 'Bearer', '-._'), fc.constantFrom('', '=', '=='))
  .map((parts) => parts.join(''))

/** Items of a list, with blanks around the commas, and empty elements. */
const joined = (items: readonly string[]) =>
  fc
    .array(fc.constantFrom(',', ', ', ' ,', '\t,\t', ',,', ', ,', ' , , '), {
      minLength: items.length,
      maxLength: items.length,
    })
    .map((commas) => items.map((item, index) => (index === 0 ? item : `${commas[index]}${item}`)).join(''))

const parameters = fc
  .tuple(
    fc.array(otherParameter, { maxLength: 3 }),
    fc.array(errorParameter, { maxLength: 2 }),
    fc.infiniteStream(fc.nat()),
  )
  .chain(([others, named, order]) => {
    const keyed = [...others, ...named.map(({ text }) => text)].map((text) => ({ text, key: order.next().value ?? 0 }))
    return joined(keyed.toSorted((one, other) => one.key - other.key).map(({ text }) => text)).map((text) => ({
      text,
      errors: named.map(({ error }) => error),
    }))
  })

const challenge = fc
  .tuple(
    fc.constantFrom('bearer', 'bearer', 'dpop', 'dpop', 'basic', 'digest', 'negotiate', 'token', 'error'),
    fc.oneof(
      { weight: 5, arbitrary: parameters },
      token68.map((text) => ({ text, errors: [] })),
    ),
    fc.constantFrom(' ', '  '),
  )
  .chain(([scheme, rest, gap]) =>
    anyCase(scheme).map((name) => ({ scheme, errors: rest.errors, text: rest.text ? name + gap + rest.text : name })),
  )

const challenges = fc
  .array(challenge, { minLength: 1, maxLength: 4 })
  .chain((list) =>
    fc
      .tuple(joined(list.map(({ text }) => text)), fc.constantFrom('', ',', ' , '), fc.constantFrom('', ',', ' ,'))
      .map(([text, before, after]) => ({ list, text: before + text + after })),
  )

test('a 401 with any grammatical challenges is about the token unless Bearer, or else DPoP, names another error', () => {
  const results = new Set<boolean>()
  fc.assert(
    fc.property(challenges, ({ list, text }) => {
      results.add(expected(list))
      expect(isAboutToken(text)).toBe(expected(list))
    }),
    { numRuns: 3000 },
  )
  expect(results.size).toBe(2)
})

test('challenges in several headers mean the same as in one', () => {
  fc.assert(
    fc.property(fc.array(challenges, { minLength: 2, maxLength: 3 }), (several) => {
      const headers = new Headers()
      for (const { text } of several) headers.append('www-authenticate', text)
      const meanings = several.flatMap(({ list }) => list)
      expect(challengesToken(new Response(null, { status: 401, headers }))).toBe(expected(meanings))
    }),
    { numRuns: 500 },
  )
})

test('any other text is read without an error', () => {
  const unit = fc.constantFrom(...Array.from('aB ,="\\\t;:/é'), 'error', 'Bearer ', 'insufficient_scope')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      expect(isAboutToken(text)).toBeTypeOf('boolean')
    }),
    { numRuns: 2000 },
  )
})

const pieces = [
  'a ',
  'a=',
  '=',
  '"',
  '\\',
  '"\\',
  'a="',
  ',',
  ' ',
  '\t,',
  'a,',
  'error="x",',
  'Bearer error=x,',
  'a  =',
  'x="a",y=',
]

// A reader whose work grows with the square of the length would take more than ten minutes for one of these texts.
test.each(pieces)('a megabyte of %j is read at once', (piece) => {
  const text = `Bearer ${piece.repeat(1_000_000 / piece.length)}`
  expect(challengesToken({ headers: { get: () => text } } as unknown as Response)).toBeTypeOf('boolean')
})
