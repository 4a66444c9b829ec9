import { parseSecureUrl } from '../secure-url.ts'

/** Which URLs a token may be sent to. Everything is compared as the platform's `URL` writes it, never as it was typed. */

/** What says where tokens may go: a {@link TokenSource} or a {@link Provider}. */
type AllowedUrls = { readonly apis: readonly string[]; readonly exceptApis?: readonly string[] | undefined }

/**
 * Says whether a URL, as `URL` or `Request` writes it, is one of the APIs.
 *
 * @throws `TypeError` if an API is not a URL prefix that tokens may be sent to.
 */
export function isApi(url: string, { apis, exceptApis = nothing }: AllowedUrls): boolean {
  return (
    prefixesOf(apis).some((prefix) => isWithin(url, prefix)) &&
    !hasHiddenDots(url) &&
    !prefixesOf(exceptApis).some(
      (prefix) => isWithin(url, prefix) || isWithin(asServersMayRead(url), asServersMayRead(prefix)),
    )
  )
}

/**
 * Checks the URL prefixes that tokens may be sent to, before any is.
 *
 * @throws `TypeError` if there is none, or one is not a URL prefix that tokens may be sent to.
 */
export function checkApis(allowed: AllowedUrls): void {
  const { apis, exceptApis = nothing } = Object(allowed) as AllowedUrls
  if (!Array.isArray(apis)) throw new TypeError('a token source needs apis, a list of URLs that tokens may be sent to')
  if (apis.length === 0) throw new TypeError('apis is empty: name the URLs that tokens may be sent to')
  prefixesOf(apis)
  prefixesOf(exceptApis)
}

const nothing: readonly string[] = []

/** Providers share their lists between all their sources, so each list is parsed once. */
const parsed = new WeakMap<readonly string[], readonly string[]>()

function prefixesOf(list: readonly string[]): readonly string[] {
  let prefixes = parsed.get(list)
  if (!prefixes) {
    prefixes = list.map((text, index) => {
      const what = `API URL ${index + 1} of ${list.length}`
      const { origin, pathname, search, hash } = parseSecureUrl(text, what)
      if (search || hash) throw new TypeError(`${what} must end with its path`)
      return origin + pathname.replace(/\/+$/, '')
    })
    parsed.set(list, prefixes)
  }
  return prefixes
}

/** Whole path segments: after the prefix comes the next segment, the query, or nothing. */
const isWithin = (url: string, prefix: string) => url.startsWith(prefix) && /^([/?#]|$)/.test(url.charAt(prefix.length))

/** An exception must hold for other spellings of its path too: `//users`, `/%75sers` and `/users;a` may all be it. */
const asServersMayRead = (url: string) =>
  (readings(url).at(-1) ?? url)
    .replaceAll('\\', '/')
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/(?<!:)\/{2,}/g, '/')

/** `..%2F`, `%252e` and `..;` may climb out of the prefix on a server that reads on before it resolves; `URL` resolves plain ones. */
const hasHiddenDots = (url: string) => /%|\.;/.test(url) && readings(url).some((path) => hiddenDots.test(path))

const hiddenDots = /[/\\]\.{1,2}([/\\;]|$)/

/** The URL's path as it is, decoded once, twice, and so on until nothing changes any more. */
function readings(url: string): readonly string[] {
  const paths = [url.replace(/[?#].*$/s, '')]
  for (let path = paths[0] ?? ''; paths.length < 9; paths.push(path)) {
    const before = path
    path = path.replaceAll(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
    if (path === before) break
  }
  return paths
}
