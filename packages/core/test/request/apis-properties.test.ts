import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileApis } from '../../src/request/apis.ts'

/** Whether a token may be sent to a URL, as the platform writes that URL. */
const allows = (url: string, api: string, exceptApis?: readonly string[]) =>
  compileApis({ apis: [api], exceptApis })(new URL(url).href)

/** Runs a property, on few enough examples that the file takes only a second or two. */
const check = <Values>(property: fc.IProperty<Values>, numRuns = 300) => fc.assert(property, { numRuns })

// The inputs: API prefixes, and URLs to send to.

const textOf = (characters: string, maxLength = 6) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength: 1, maxLength })

const letters = 'abyz019'

/** A segment that never becomes `.` or `..`, however often a server decodes it. */
const cleanSegment = fc.oneof(
  textOf(`${letters}-_~!$&'()*+,=:@`),
  textOf(`${letters}éß漢 "<>^`).map(encodeURIComponent),
  fc.tuple(textOf(letters), textOf(letters)).map((parts) => parts.join('.')),
  fc
    .tuple(textOf(letters), fc.constantFrom('/', '\\', '%', '?', '#'), textOf('xyz'))
    .map(([before, special, after]) => encodeURIComponent(`${before}${special}${after}`)),
)

const path = (minLength: number) =>
  fc
    .array(cleanSegment, { minLength, maxLength: 3 })
    .map((segments) => segments.map((segment) => `/${segment}`).join(''))

const origin = fc.oneof(
  { weight: 3, arbitrary: fc.domain().map((host) => `https://${host}`) },
  fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `https://${host}:${port}`),
  fc
    .tuple(fc.ipV6(), fc.integer({ min: 1, max: 65_535 }))
    .map(([host, port]) => `https://[${host}]:${port}`)
    // Bun cannot parse some of those that end like an IPv4 address.
    .filter((text) => URL.canParse(text)),
  fc.integer({ min: 1, max: 65_535 }).map((port) => `http://127.0.0.1:${port}`),
)

const api = fc.tuple(origin, path(0)).map((parts) => parts.join(''))
const deepResource = fc.tuple(origin, path(1)).map((parts) => parts.join(''))

const tail = fc
  .tuple(
    fc.constantFrom('', '?q=%2e%2e%2f', '?', '?a=/../', '?https://a.example/@'),
    fc.constantFrom('', '#', '#/../x', '#%2e%2e'),
  )
  .map((parts) => parts.join(''))

/** The scheme and host that an attacker or a mistake puts in place of the API's own. */
const otherAuthority = fc.constantFrom<(url: URL) => string>(
  ({ host }) => `http://${host}`,
  ({ host }) => `ftp://${host}`,
  ({ host }) => `wss://${host}`,
  ({ host }) => `other://${host}`,
  ({ host }) => `blob:https://${host}`,
  ({ host }) => `https://user@${host}`,
  ({ host }) => `https://user:password@${host}`,
  ({ host }) => `https://:password@${host}`,
  ({ host }) => `https://${host}@evil.test`,
  ({ host }) => `https://evil.test\\@${host}`,
  ({ host }) => `https://evil.test/@${host}`,
  ({ host }) => `https://evil.test?@${host}`,
  ({ host }) => `https://evil.test#@${host}`,
  ({ host }) => `https://evil.test/https://${host}`,
  ({ hostname }) => `https://${hostname}.evil.test`,
  ({ hostname }) => `https://${hostname}evil.test`,
  ({ hostname }) => `https://evil-${hostname}`,
  ({ hostname }) => `https://sub.${hostname}`,
  ({ hostname }) => `https://${hostname}.`,
  ({ hostname }) => `https://${hostname.slice(1)}`,
  ({ hostname }) => `https://${hostname.slice(0, -1)}`,
  ({ hostname, port }) => `https://${hostname}:${port === '4443' ? 4444 : 4443}`,
  ({ hostname, port }) => `https://${hostname}:${port}0`,
  ({ host }) => `https:/${host}`,
  ({ host }) => `https:\\\\${host}`,
  ({ host }) => ` https://${host}`,
  ({ host }) => `HTTPS://${host.toUpperCase()}`,
  ({ host }) => `ht\ntps://${host}`,
)

// A second implementation to compare with. It uses only `URL`, and reads a path as a careless server does.

const segmentsOf = (pathname: string) => pathname.replace(/\/+$/, '').split('/')

const isSameAuthority = (url: URL, { protocol, host }: URL) =>
  url.protocol === protocol && url.host === host && url.username + url.password === ''

const isBelow = (pathname: string, prefix: string) =>
  segmentsOf(prefix).every((segment, index) => pathname.split('/')[index] === segment)

/** Whether a URL is below a prefix for `URL`. A token must never be sent to any other URL. */
function mayGo(url: string, prefix: string): boolean {
  const [to, of] = [new URL(url), new URL(prefix)]
  return isSameAuthority(to, of) && isBelow(to.pathname, of.pathname)
}

const decode = (text: string, rounds: number): string =>
  rounds === 0
    ? text
    : decode(
        text.replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16))),
        rounds - 1,
      )

function resolveDots(pathname: string): string {
  const segments: string[] = []
  for (const segment of pathname.slice(1).split(/[/\\]/)) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

/** Whether a URL leaves its prefix on a server that decodes the path up to two times before it resolves the dots. */
const climbs = (url: string, prefix: string) =>
  [0, 1, 2].some((rounds) => {
    const [to, of] = [url, prefix].map((text) => resolveDots(decode(new URL(text).pathname, rounds)))
    return !isBelow(to ?? '', of ?? '')
  })

describe('a token goes', () => {
  test('to every URL below its API', () => {
    check(
      fc.property(api, path(0), fc.constantFrom('', '/'), tail, (prefix, below, slash, rest) => {
        expect(allows(prefix + below + slash + rest, prefix)).toBe(true)
      }),
    )
  })

  test('to the same URLs, whether the API ends with a slash or not', () => {
    check(
      fc.property(api, api, path(0), tail, fc.boolean(), (prefix, other, below, rest, isOwn) => {
        const url = (isOwn ? prefix : other) + below + rest
        expect(allows(url, `${prefix}/`)).toBe(allows(url, prefix))
      }),
    )
  })

  test('to the same URLs, whether the API names the default port or not', () => {
    check(
      fc.property(fc.domain(), path(0), path(0), tail, fc.boolean(), (host, prefix, below, rest, isBelowIt) => {
        const url = `https://${host}${isBelowIt ? prefix : ''}${below}${rest}`
        expect(allows(url, `https://${host}:443${prefix}`)).toBe(allows(url, `https://${host}${prefix}`))
      }),
    )
  })

  test('to the same URLs, whether scheme and host are in upper or lower case', () => {
    check(
      fc.property(fc.domain(), path(0), path(0), (host, prefix, below) => {
        expect(allows(`HTTPS://${host.toUpperCase()}${prefix}${below}`, `https://${host}${prefix}`)).toBe(true)
        expect(allows(`https://${host}${prefix}${below}`, `Https://${host.toUpperCase()}${prefix}`)).toBe(true)
      }),
    )
  })
})

describe('a token never goes', () => {
  test('to another scheme, host or port, or to a URL with a user name or password', () => {
    check(
      fc.property(api, otherAuthority, path(0), tail, (prefix, disguise, below, rest) => {
        const of = new URL(prefix)
        const url = disguise(of) + of.pathname + below + rest
        fc.pre(URL.canParse(url))
        expect(allows(url, prefix)).toBe(mayGo(url, prefix))
      }),
    )
  })

  test('to any URL outside its API', () => {
    const url = fc.webUrl({
      validSchemes: ['http', 'https', 'ftp', 'ws'],
      authoritySettings: { withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true },
      withFragments: true,
      withQueryParameters: true,
    })
    check(
      fc.property(url, api, (to, prefix) => {
        fc.pre(URL.canParse(to))
        expect(allows(to, prefix) && !mayGo(to, prefix)).toBe(false)
      }),
      50,
    )
  })

  test('to the http: variant of its https: API', () => {
    check(
      fc.property(fc.domain(), path(0), path(0), tail, (host, prefix, below, rest) => {
        expect(allows(`http://${host}${prefix}${below}${rest}`, `https://${host}${prefix}`)).toBe(false)
      }),
    )
  })

  test('to a path that only begins with the same characters, such as /v10 for /v1', () => {
    check(
      fc.property(deepResource, textOf(`${letters}-_~.;,@:`), path(0), tail, (prefix, more, below, rest) => {
        expect(allows(prefix + more + below + rest, prefix)).toBe(false)
      }),
    )
  })

  test('to a URL above its API', () => {
    check(
      fc.property(deepResource, tail, (prefix, rest) => {
        const above = prefix.slice(0, prefix.lastIndexOf('/'))
        expect(allows(above + rest, prefix)).toBe(false)
        expect(allows(`${above}/${rest}`, prefix)).toBe(false)
        expect(allows(prefix.slice(0, -1) + rest, prefix) && !mayGo(prefix.slice(0, -1), prefix)).toBe(false)
      }),
    )
  })

  test('to an exception, even if an API is the same URL or is below it', () => {
    check(
      fc.property(api, path(1), path(0), fc.constantFrom('', '/'), tail, (prefix, below, deeper, slash, rest) => {
        const exceptApis = ['https://elsewhere.example/a', prefix + below + slash]
        const url = prefix + below + deeper + rest
        const apis = [prefix, prefix + below, prefix + below + deeper]
        expect(compileApis({ apis, exceptApis })(new URL(url).href)).toBe(false)
        expect(compileApis({ apis, exceptApis })(new URL(prefix).href)).toBe(true)
      }),
    )
  })

  test('to a path that leaves its API when a server decodes it one or two times', () => {
    const dot = fc.constantFrom('.', '%2e', '%2E', '%252e', '%25%32%65', '%%32%45', '')
    const slash = fc.constantFrom('/', '\\', '%2f', '%5C', '%252F', '%255c')
    const noise = fc.constantFrom('', '', '', 'a', '%00', '%', '%25', '2e')
    const step = fc.tuple(noise, dot, dot, noise, slash).map((pieces) => pieces.join(''))
    const climb = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join(''))
    check(
      fc.property(deepResource, climb, tail, (prefix, up, rest) => {
        const url = `${prefix}/${up}v2${rest}`
        expect(allows(url, prefix) && climbs(url, prefix)).toBe(false)
      }),
      5000,
    )
  })
})

test('every URL that the platform can parse is checked without an error', () => {
  const url = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary' }).map((text) => `https://api.example/${text}`),
    fc.string({ unit: 'binary' }).map((text) => `https://api.example${text}`),
    fc.tuple(textOf('abhtps+-.'), fc.string({ unit: 'grapheme' })).map((parts) => parts.join(':')),
  )
  check(
    fc.property(
      url.filter((text) => URL.canParse(text)),
      fc.array(api, { maxLength: 3 }),
      (text, apis) => {
        const allowed = { apis: ['https://api.example/v1', ...apis], exceptApis: apis }
        expect(compileApis(allowed)(text)).toBeTypeOf('boolean')
        expect(compileApis(allowed)(new URL(text).href)).toBeTypeOf('boolean')
      },
    ),
  )
})
