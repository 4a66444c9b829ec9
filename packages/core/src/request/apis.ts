import { parseSecureUrl } from '../secure-url.ts'

// This file decides which URLs a token may be sent to. It compares URLs as the platform's `URL` writes them, never as
// typed.

/** The allowed URLs of a token source or a provider. */
type AllowedUrls = { readonly apis: readonly string[]; readonly exceptApis?: readonly string[] | undefined }

/** Whether a token may be sent to a URL. The URL must be written as `URL` or `Request` writes it. */
export type IsApi = (url: string) => boolean

/**
 * Checks the allowed URLs, and prepares the comparison, so that it costs a call very little.
 *
 * @throws `TypeError` if there is no URL prefix, or one of them is not valid.
 */
export function compileApis(allowed: AllowedUrls): IsApi {
  const { apis, exceptApis = nothing } = Object(allowed) as AllowedUrls
  if (!Array.isArray(apis)) throw new TypeError('a token source needs apis, a list of URLs that tokens may be sent to')
  if (apis.length === 0) throw new TypeError('apis is empty: name the URLs that tokens may be sent to')
  // All sources of a provider share its lists, so each pair of lists is compiled only once.
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
    // Nearly every path has only one reading. Then this test is enough.
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

/** The characters that servers can read in more than one way. */
const severalReadings = /[%;\\]|[^:]\/\//

/** Returns the URL without its query. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/**
 * Resolves other spellings of a path, because an exception must cover them. `//users`, `/%75sers` and `/users;a` can
 * mean `/users`.
 */
const asServersMayRead = (url: string) =>
  (readingsOf(url).at(-1) ?? url)
    .replaceAll('\\', '/')
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/(?<!:)\/{2,}/g, '/')

/**
 * Whether a path hides dots that leave the prefix, such as `..%2F`, `%252e` or `..;`. Some servers decode a path again
 * before they resolve dots. `URL` resolves only plain dots.
 */
const hasHiddenDots = (url: string) => /%|\.;/.test(url) && readingsOf(url).some((path) => hiddenDots.test(path))

const hiddenDots = /[/\\]\.{1,2}([/\\;]|$)/

/** Returns the URL without its query: undecoded, decoded once, twice, and so on until it no longer changes. */
function readingsOf(url: string): readonly string[] {
  const paths = [pathOf(url)]
  for (let path = paths[0] ?? ''; paths.length < 9; paths.push(path)) {
    const before = path
    path = path.replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
    if (path === before) break
  }
  return paths
}
