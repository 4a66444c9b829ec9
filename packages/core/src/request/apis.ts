import { parseSecureUrl } from '../secure-url.ts'

/** Which URLs a token may be sent to. Everything is compared as the platform's `URL` writes it, never as it was typed. */

/** Where tokens may go, as a token source or a provider says it. */
type AllowedUrls = { readonly apis: readonly string[]; readonly exceptApis?: readonly string[] | undefined }

/** Whether a token may be sent to a URL, as `URL` or `Request` writes it. */
export type IsApi = (url: string) => boolean

/**
 * Checks where tokens may be sent, and prepares the comparison, so that a call costs next to nothing.
 *
 * @throws `TypeError` if there are no URL prefixes, or one is not such as tokens may be sent to.
 */
export function compileApis(allowed: AllowedUrls): IsApi {
  const { apis, exceptApis = nothing } = Object(allowed) as AllowedUrls
  if (!Array.isArray(apis)) throw new TypeError('a token source needs apis, a list of URLs that tokens may be sent to')
  if (apis.length === 0) throw new TypeError('apis is empty: name the URLs that tokens may be sent to')
  // Providers share their lists between all their sources, so each pair is compiled once.
  const known = compiled.get(apis)
  if (known?.exceptApis === exceptApis) return known.isApi
  const isApi = compile(parsePrefixes(apis), parsePrefixes(exceptApis))
  compiled.set(apis, { exceptApis, isApi })
  return isApi
}

const nothing: readonly string[] = []

const compiled = new WeakMap<readonly string[], { readonly exceptApis: readonly string[]; readonly isApi: IsApi }>()

function compile(prefixes: readonly string[], exceptions: readonly string[]): IsApi {
  const isAllowed = matcher(prefixes)
  const isExcepted = matcher([...exceptions, ...exceptions.map(asServersMayRead)])
  return (url) => {
    if (!isAllowed.test(url)) return false
    // Nearly every path can be read in one way only.
    if (!severalReadings.test(pathOf(url))) return !isExcepted.test(url)
    return !hasHiddenDots(url) && !isExcepted.test(url) && !isExcepted.test(asServersMayRead(url))
  }
}

/** Matches URLs by whole path segments: after the prefix comes the next segment, the query, or nothing. */
const matcher = (prefixes: readonly string[]) =>
  new RegExp(`^(?:${prefixes.map((prefix) => prefix.replaceAll(/[^\w/]/g, '\\$&')).join('|')})(?:[/?#]|$)`)

function parsePrefixes(list: readonly string[]): readonly string[] {
  return list.map((text, index) => {
    const what = `API URL ${index + 1} of ${list.length}`
    const { origin, pathname, search, hash } = parseSecureUrl(text, what)
    if (search || hash) throw new TypeError(`${what} must end with its path`)
    return origin + pathname.replace(/\/+$/, '')
  })
}

/** What servers may read in more than one way. */
const severalReadings = /[%;\\]|[^:]\/\//

/** The URL without its query. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** An exception must hold for other spellings of its path too: `//users`, `/%75sers` and `/users;a` may all be it. */
const asServersMayRead = (url: string) =>
  (readingsOf(url).at(-1) ?? url)
    .replaceAll('\\', '/')
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/(?<!:)\/{2,}/g, '/')

/** `..%2F`, `%252e` and `..;` may climb out of the prefix on a server that reads on before it resolves; `URL` resolves plain ones. */
const hasHiddenDots = (url: string) => /%|\.;/.test(url) && readingsOf(url).some((path) => hiddenDots.test(path))

const hiddenDots = /[/\\]\.{1,2}([/\\;]|$)/

/** The URL's path as it is, decoded once, twice, and so on until nothing changes any more. */
function readingsOf(url: string): readonly string[] {
  const paths = [pathOf(url)]
  for (let path = paths[0] ?? ''; paths.length < 9; paths.push(path)) {
    const before = path
    path = path.replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
    if (path === before) break
  }
  return paths
}
