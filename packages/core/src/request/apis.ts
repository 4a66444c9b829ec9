import { parseSecureUrl } from '../secure-url.ts'

// This file decides which URLs a token may be sent to. It compares URLs as the platform's `URL` writes them, never as
// typed.

/** The allowed URLs of a token source or a provider. */
type AllowedUrls = { readonly apis: readonly string[]; readonly exceptApis?: readonly string[] | undefined }

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
  const { apis, exceptApis } = Object(allowed) as AllowedUrls
  if (!Array.isArray(apis) || apis.length === 0) {
    throw new TypeError('a token source needs apis, the URLs that tokens may be sent to: apis is empty, or not a list')
  }
  // All sources of a provider share its lists, so each pair of lists is compiled only once.
  const known = compiled.get(apis)
  if (known && known.exceptApis === exceptApis) return known.isApi
  const isApi = compile(parsePrefixes(apis), parsePrefixes(exceptApis ?? []))
  compiled.set(apis, { exceptApis, isApi })
  return isApi
}

const compiled = new WeakMap<
  readonly string[],
  { readonly exceptApis: AllowedUrls['exceptApis']; readonly isApi: IsApi }
>()

function compile(prefixes: readonly string[], exceptions: readonly string[]): IsApi {
  const isAllowed = matcher(prefixes)
  const isExcepted = matcher([...exceptions, ...exceptions.map(asServersMayRead)])
  const isApi = (url: string) => {
    if (!isAllowed.test(url)) return false
    // Nearly every path has only one reading. Then this test is enough.
    if (!severalReadings.test(url) || !severalReadings.test(pathOf(url))) return !isExcepted.test(url)
    return !hasHiddenDots(url) && !isExcepted.test(url) && !isExcepted.test(asServersMayRead(url))
  }
  return Object.assign(isApi, { restOf: (url: string) => url.replace(isAllowed, '').length })
}

/** Matches URLs by whole path segments: after the prefix comes the next segment, the query, or nothing. */
const matcher = (prefixes: readonly string[]) =>
  new RegExp(`^(?:${prefixes.map((prefix) => prefix.replaceAll(/[^\w/]/g, '\\$&')).join('|')})(?:[/?#]|$)`)

/** Checks URL prefixes, and returns them as `URL` writes them. A prefix of another one comes after it. */
function parsePrefixes(list: readonly string[]): readonly string[] {
  const prefixes = list.map((text, index) => {
    const what = `API URL ${index + 1} of ${list.length}`
    const { origin, pathname, search, hash } = parseSecureUrl(text, what)
    if (search || hash) throw new TypeError(`${what} must end with its path`)
    return origin + pathname.replace(/\/+$/, '')
  })
  return prefixes.toSorted().toReversed()
}

/** The characters that servers can read in more than one way. */
const severalReadings = /[%;\\]|[^:]\/\//

/** Returns the URL without its query. */
export const pathOf = (url: string) => url.replace(/[?#].*/s, '')

/**
 * Resolves other spellings of a path, because an exception must cover them. `//users`, `/%75sers` and `/users;a` can
 * mean `/users`.
 */
const asServersMayRead = (url: string) =>
  (readingsOf(url).at(-1) as string)
    .replaceAll('\\', '/')
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/(?<!:)\/{2,}/g, '/')

/**
 * Whether a path hides dots that leave the prefix, such as `..%2F`, `%252e` or `..;`. Some servers decode a path again
 * before they resolve dots. `URL` resolves only plain dots.
 */
const hasHiddenDots = (url: string) => readingsOf(url).some((path) => hiddenDots.test(path))

const hiddenDots = /[/\\]\.{1,2}([/\\;]|$)/

/** Returns the URL without its query: undecoded, decoded once, twice, and so on until it no longer changes. */
function readingsOf(url: string): readonly string[] {
  const paths = [pathOf(url)]
  for (const path of paths) {
    const decoded = path.replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) =>
      String.fromCharCode(Number.parseInt(byte, 16)),
    )
    if (decoded !== path && paths.length < 9) paths.push(decoded)
  }
  return paths
}
