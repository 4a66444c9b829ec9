import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileApis } from '../../src/request/apis.ts'

// A model of servers, written without the code under test. Each server turns the path of a request into the segments
// that it serves. If any of them serves something outside of the API, or inside an exception, no token may be sent.

const host = 'https://api.example'
const prefix = ['v1']
const exceptions = [
  ['v1', 'admin'],
  ['v1', 'keys', 'self'],
  ['v1', 'café', 'x'],
]

const allows = compileApis({
  apis: [`${host}/v1`],
  exceptApis: exceptions.map((segments) => `${host}/${segments.join('/')}`),
})

// The steps that servers are made of.

type Step = (path: string) => string

/** Percent-decodes the bytes, and then UTF-8. Bytes that are not UTF-8 become replacement characters. */
const decode: Step = (path) => {
  const bytes: number[] = []
  const input = new TextEncoder().encode(path)
  for (let at = 0; at < input.length; at += 1) {
    const hex = String.fromCharCode(...input.subarray(at + 1, at + 3))
    const isEncoded = input[at] === 0x25 && /^[0-9a-f]{2}$/i.test(hex)
    bytes.push(isEncoded ? Number.parseInt(hex, 16) : (input[at] ?? 0))
    if (isEncoded) at += 2
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

/** The same, by a decoder that accepts UTF-8 that is longer than needed. */
const decodeOverlong: Step = (path) =>
  decode(
    path.replaceAll(/%c([01])%([89ab])([0-9a-f])/gi, (_, lead: string, high: string, low: string) => {
      const code = Number(lead) * 64 + (Number.parseInt(high, 16) - 8) * 16 + Number.parseInt(low, 16)
      return `%${code.toString(16).padStart(2, '0')}`
    }),
  )

/** The same, with the `%u` of IIS. */
const decodeU: Step = (path) =>
  decode(path.replaceAll(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))

const backslashes: Step = (path) => path.replaceAll('\\', '/')
const parameters: Step = (path) =>
  path
    .split('/')
    .map((segment) => segment.split(';')[0])
    .join('/')
const cutAtQuery: Step = (path) => path.split(/[?#]/)[0] ?? ''
const cutAtNul: Step = (path) => path.split('\0')[0] ?? ''
const withoutControls: Step = (path) =>
  Array.from(path)
    .filter((char) => char > '\u001F' && char !== '\u007F')
    .join('')
const compatible: Step = (path) => path.normalize('NFKC')
const fold: Step = (path) => path.replaceAll(/[İı]/g, 'i').toLowerCase().toUpperCase().toLowerCase()
const resolve: Step = (path) => {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.' && segment !== '') segments.push(segment)
  }
  return `/${segments.join('/')}`
}
/** Windows: neither dots nor blanks at the end of a name count, nor does the name of its stream. */
const windowsNames: Step = (path) =>
  path
    .split('/')
    .map((segment) => {
      const name = segment.split('::$')[0]?.split(':$')[0] ?? ''
      const withoutBlanks = name.replace(/ +$/, '')
      return withoutBlanks === '.' || withoutBlanks === '..' ? withoutBlanks : name.replace(/[. ]+$/, '')
    })
    .join('/')
/** A proxy that parses the decoded path as a URL. */
const parseAgain: Step = (path) => {
  const url = `http://inner${path.startsWith('/') ? '' : '/'}${path}`
  return URL.canParse(url) ? new URL(url).pathname : path
}

const pipe =
  (...steps: Step[]): Step =>
  (path) => {
    let result = path
    for (const step of steps) result = step(result)
    return result
  }

const nginx = pipe(decode, cutAtNul, resolve)
const tomcat = pipe(parameters, decode, backslashes, resolve)
const iis = pipe(decodeU, backslashes, windowsNames, resolve, fold)
const jetty = pipe(decode, parameters, resolve)

const servers: Record<string, Step> = {
  nginx,
  tomcat,
  iis,
  jetty,
  'a server with an old UTF-8 decoder': pipe(decodeOverlong, backslashes, resolve),
  'a server in C': pipe(decode, cutAtNul, cutAtQuery, resolve),
  'a server that ignores control characters': pipe(decode, withoutControls, backslashes, resolve),
  'a server that reads compatible characters as one': pipe(decode, compatible, backslashes, fold, resolve),
  'a proxy that parses the URL again': pipe(decode, parseAgain, decode, resolve),
  'a proxy that decodes, before nginx': pipe(decode, cutAtQuery, nginx),
  'a proxy that decodes, before Tomcat': pipe(decode, cutAtQuery, tomcat),
  'a proxy that decodes, before IIS': pipe(decode, cutAtQuery, iis),
  'two proxies that decode, before IIS': pipe(decode, decode, cutAtQuery, iis),
  'Tomcat before IIS': pipe(tomcat, iis),
}

const isBelow = (path: string, parent: readonly string[]) => {
  const segments = path.split('/').filter(Boolean)
  return parent.every((segment, index) => segment === segments[index])
}

/** The servers that serve something that the token is not for. */
const misled = ({ pathname }: URL) =>
  Object.keys(servers).filter((name) => {
    const served = (servers[name] as Step)(pathname)
    return !isBelow(served, prefix) || exceptions.some((exception) => isBelow(served, exception))
  })

// Paths: the segments of an exception or of something else, each character in any spelling, with something in between.

const hexOf = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`
const percent = (text: string) => Array.from(new TextEncoder().encode(text), hexOf).join('')

/** Other characters that some server takes for this one. */
const twins: Record<string, string[]> = {
  '.': ['．', '․'],
  '/': ['／', '\\'],
  k: ['K', '\u212A'],
  s: ['S', 'ſ'],
  i: ['I', 'İ', 'ı', 'ｉ'],
  a: ['A', 'ａ'],
  é: ['É'],
}

const spelled = (char: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(char) },
        { weight: 1, arbitrary: fc.constantFrom(char.toUpperCase(), ...(twins[char] ?? [])) },
      ),
      fc.nat(20),
      fc.boolean(),
    )
    .map(([as, way, isUpper]) => {
      const code = as.charCodeAt(0)
      const plain = percent(as)
      const encoded = isUpper ? plain.toUpperCase() : plain
      if (way === 0) return encoded.replaceAll('%', '%25')
      if (way === 1) return encoded.replaceAll('%', '%2525')
      if (way === 2)
        return encoded.replaceAll(/[0-9a-f]/gi, (digit) => hexOf(digit.charCodeAt(0))).replaceAll(/%(?=%)/g, '%25')
      if (way === 3 && code < 128) return hexOf(0xc0 + (code >> 6)) + hexOf(0x80 + (code & 63))
      if (way === 4) return `%u${code.toString(16).padStart(4, '0')}`
      if (way < 9) return encoded
      return as
    })

const spell = (text: string) => fc.tuple(...Array.from(text, spelled)).map((parts) => parts.join(''))

const word = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('admin', 'keys', 'self', 'café', 'x') },
  { weight: 3, arbitrary: fc.constantFrom('..', '.', '') },
  { weight: 2, arbitrary: fc.constantFrom('shops', 'administrator', 'a..b', '...', 'v2', 'keys2') },
)

const noise = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...String.raw`
        . %20 %2e ;a=1 %3b ;a%2fb %00 %00.png %09 %0d%0a %3f %23 %253f %2500 %7f
        ::$DATA :$i30:$INDEX_ALLOCATION %c2%a0 %ff % %zz
      `
        .trim()
        .split(/\s+/),
    ),
  },
)

const separator = fc.oneof(
  { weight: 8, arbitrary: fc.constant('/') },
  { weight: 2, arbitrary: spell('/') },
  fc.constant('//'),
)

const oddPath = fc
  .array(
    fc.tuple(
      separator,
      noise,
      word.chain((text) => (text ? spell(text) : fc.constant(''))),
      noise,
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((steps) => steps.map((parts) => parts.join('')).join(''))

test('no token goes to a path that any of the servers reads as one outside of the API, or as an exception', () => {
  let count = 0
  fc.assert(
    fc.property(oddPath, (path) => {
      const url = new URL(`${host}/v1${path}`)
      const who = misled(url)
      if (who.length > 0) count += 1
      expect(who.length > 0 && allows(url.href) ? `${url.href}: ${who.join(', ')}` : '').toBe('')
    }),
    { numRuns: 4000 },
  )
  // The model must find such paths, or this test shows nothing.
  expect(count).toBeGreaterThan(400)
})

// Found by the test above, seldom: each of them hides the exception from a check that does two steps of a server at once.
test.each([
  '/;a%2fb%252e%252e/%256b%2565%2579%2573::$DATA%252f%2573%2565%256c%2566.',
  '/;a%2fb%2561%2564%254d%2569%256e/:$i30:$INDEX_ALLOCATION%252e%252e%252f%2561%2564%256d%2569%256e',
  '/%3b%252e%252e%u002f%2563%2561%2566%25c3%25a9/%2561%2564%256d%2569%256e//%2561%2544%256d%2569%256e',
  '/:$i30:$INDEX_ALLOCATION%2573%2568%256f%2550%2573%252f%256b%2565%2559%2573;a%2fb/%2573%2545%256c%2546/',
])('no token goes to %j, which servers read in several steps', (path) => {
  const url = new URL(`${host}/v1${path}`)
  expect(misled(url)).not.toEqual([])
  expect(allows(url.href)).toBe(false)
})

// The other direction: the rule is not "no token for anything".

const letters = fc.string({ unit: fc.constantFrom(...Array.from('abcxyzABCXYZ0189-_~')), minLength: 1, maxLength: 6 })

const plainSegment = fc.oneof(
  letters,
  fc
    .string({ unit: fc.constantFrom(...Array.from('éüñßçøÅ漢字кириллицаعربية😀')), minLength: 1, maxLength: 4 })
    .map(percent),
  fc.tuple(letters, fc.constantFrom('..', '.', '...'), letters).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('.', '..', '...'), letters).map((parts) => parts.join('')),
  fc.tuple(letters, fc.constantFrom('.', '..')).map((parts) => parts.join('')),
  fc
    .tuple(letters, fc.constantFrom("!$&'()*+,=:@", '%20', '%2B', '%3A', '%40', '%26', '%25', '%22'), letters)
    .map((parts) => parts.join('')),
  fc.constantFrom(
    '...',
    'v1.0',
    'administrator',
    'admin2',
    'keys',
    'my-admin',
    'caf%C3%A9',
    '.well-known',
    'x:batchGet',
    'index.html',
  ),
)

const plainUrl = fc
  .tuple(
    fc.array(plainSegment, { maxLength: 4 }),
    fc.constantFrom('', '/'),
    fc.constantFrom('', '?q=../admin', '?a=%2e%2e%2f;b', '#/..'),
  )
  .map(([segments, slash, rest]) => ({
    url: new URL(`${host}/v1${segments.map((segment) => `/${segment}`).join('')}${slash}${rest}`),
    segments: segments.map((segment) => decodeURIComponent(segment)),
  }))

test('a token goes to every plain path of the API that is no exception', () => {
  fc.assert(
    fc.property(plainUrl, ({ url, segments }) => {
      const served = fold(windowsNames(`/v1/${segments.join('/')}`))
      const isException = exceptions.some((exception) => isBelow(served, exception))
      expect(allows(url.href)).toBe(!isException)
    }),
    { numRuns: 2000 },
  )
})
