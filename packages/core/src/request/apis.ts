import { memberOf } from '../members.ts'
import { parseSecureUrl } from '../secure-url.ts'
import type { TokenSource } from '../token.ts'

// This file decides which URLs a token may be sent to. It compares URLs as the platform's `URL` writes them, never as
// typed.

/** The allowed URLs of a token source or a provider. */
type AllowedUrls = Pick<TokenSource, 'apis' | 'exceptApis' | 'insecureHosts'>

/** Whether a token may be sent to a URL. The URL must be written as `URL` or `Request` writes it. */
export type IsApi = {
  (url: string): boolean
  /** Returns how many characters of an allowed URL follow its longest prefix. */
  readonly restOf: (url: string) => number
}

/**
 * Checks the allowed URLs, and prepares the comparison, so that it costs a call very little.
 *
 * @throws `TypeError` if there is no URL prefix, or one of them is not valid.
 */
export function compileApis(allowed: AllowedUrls): IsApi {
  const apis = memberOf(allowed, 'apis')
  const exceptApis = memberOf(allowed, 'exceptApis')
  if (!Array.isArray(apis) || apis.length === 0) {
    throw new TypeError('a token source needs apis: apis is empty, or not a list')
  }
  // All sources of a provider share its lists, so each pair of lists is compiled only once.
  const insecureHosts = memberOf(allowed, 'insecureHosts')
  const known = compiled.get(apis)
  if (known && known.exceptApis === exceptApis && known.insecureHosts === insecureHosts) return known.isApi
  const isApi = compile(parsePrefixes(apis, insecureHosts), parsePrefixes(exceptApis ?? [], insecureHosts))
  compiled.set(apis, { exceptApis, insecureHosts, isApi })
  return isApi
}

const compiled = new WeakMap<readonly string[], Omit<AllowedUrls, 'apis'> & { readonly isApi: IsApi }>()

function compile(prefixes: readonly string[], exceptions: readonly string[]): IsApi {
  const isAllowed = matcher(prefixes)
  const isExcepted = matcher(exceptions.flatMap(spellingsOf), 'i')
  const isApi = (url: string) => {
    if (!isAllowed.test(url)) return false
    // Nearly every path means the same to all servers. Then this test is enough.
    if (!severalReadings.test(url) || !severalReadings.test(pathOf(url))) return !isExcepted.test(url)
    const isOutside = (path: string) => hiddenDots.test(path) || isExcepted.test(path) || isExcepted.test(resolve(path))
    const readings = readingsOf(url)
    return readings.length <= mostReadings && !readings.some(isOutside)
  }
  return Object.assign(isApi, { restOf: (url: string) => url.replace(isAllowed, '').length })
}

/** Matches URLs by whole path segments: after the prefix comes the next segment, the query, or nothing. */
const matcher = (prefixes: readonly string[], flags?: string) =>
  new RegExp(`^(?:${prefixes.map((prefix) => prefix.replaceAll(/[^\w/]/g, '\\$&')).join('|')})(?:[/?#]|$)`, flags)

/** Checks URL prefixes, and returns them as `URL` writes them. If one begins with another, the longer one comes first. */
function parsePrefixes(list: readonly string[], insecureHosts: AllowedUrls['insecureHosts']): readonly string[] {
  const prefixes = list.map((text, index) => {
    const what = `API URL ${index + 1} of ${list.length}`
    const { origin, pathname, search, hash } = parseSecureUrl(text, what, insecureHosts)
    if (search || hash) throw new TypeError(`${what} must have no query and no fragment`)
    return origin + pathname.replace(/\/+$/, '')
  })
  return prefixes.toSorted().toReversed()
}

/** What servers can read in more than one way. */
const severalReadings = /[%;\\]|(?<!^\w+:)\/\/|\.([/?#]|$)|:\$/

/** Returns the URL without its query. */
export const pathOf = (url: string) => url.replace(/[?#].*/s, '')

/** Resolves other spellings of a path, because an exception must cover them: `//users`, `/users.` and `/ users` can mean `/users`. */
const resolve = (path: string) =>
  path
    .replaceAll(/(?<=[^/. ])[. ]+(?=\/|$)|\/[. ]+(?=\/)|(?<=\/) +/g, '')
    .replaceAll(/(?<!^\w+:)\/\/+/g, '/')
    .replaceAll(/[İı]/g, 'i')

/** Returns the other spellings of an exception, but none that would exclude more, such as `/v1` for `/v1/%20`. */
function spellingsOf(exception: string): readonly string[] {
  const paths = readingsOf(exception)
  const isAbove = (parent: string) => paths.some((path) => path.startsWith(parent.replace(/\/*$/, '/')))
  return [...paths, ...paths.map(resolve)].filter((path) => !isAbove(path))
}

/** Dots that leave the prefix on a server that decodes the path before it resolves them. `URL` resolves only plain dots. */
const hiddenDots = /\/ *\.{1,2}([/ ]|$)/

/**
 * What servers decode in a path, and what they ignore. One server does some of it, in any order, and more than once. So
 * each of these does one thing only. If one did two, it would miss a server that does only one of them.
 */
const decoders: readonly ((path: string) => string)[] = [
  // The bytes. `unescape` is deprecated, but it decodes like such servers: each byte by itself, and `%u002e`.
  unescape,
  (path) => path.replaceAll(/%[\da-f]{2}/gi, unescape),
  // UTF-8. Some servers also decode UTF-8 that is longer than needed, such as `%c0%ae`.
  (path) => path.replaceAll(/[\xC0\xC1].|[\xC2-\xFF][\x80-\xBF]+/g, decodeUtf8),
  // Full-width characters, other forms of a letter, and other slashes.
  (path) => path.normalize('NFKC'),
  (path) => path.replaceAll(/[\\⁄∕∖¥₩]/g, '/'),
]

const ignored: readonly RegExp[] = [
  // The end of a segment, as in `/users;a`, `/..%3F`, `/..%00` or `/users::$DATA`.
  /;[^/]*/g,
  /[?#][^/]*/g,
  /\p{Cc}[^/]*/gu,
  /::?\$[^/]*/g,
  // Control characters, and characters that are not visible.
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
]

/** Returns the URL without its query, in all ways in which servers read it, or more than `mostReadings` of them. */
function readingsOf(url: string): readonly string[] {
  const paths = new Set([pathOf(url)])
  for (const path of paths) {
    if (paths.size > mostReadings) break
    for (const decode of decoders) paths.add(decode(path))
    for (const part of ignored) paths.add(path.replaceAll(part, ''))
  }
  return [...paths]
}

/** A path with more readings was not written for an API. It gets no token. */
const mostReadings = 199

/** Decodes one character, of which two to four bytes hold 11, 16 or 21 bits. More bytes are read as a number of 16 bits. */
function decodeUtf8(bytes: string): string {
  const code = Array.from(bytes).reduce((sum, byte) => (sum << 6) | (byte.charCodeAt(0) & 63), 0)
  return bytes.length === 4 ? String.fromCodePoint(Math.min(code & 0x1f_ff_ff, 0x10_ff_ff)) : String.fromCharCode(code)
}
