/** Which URLs a token may be sent to. Everything is compared as the platform's `URL` writes it, never as it was typed. */

/** What says where tokens may go: a {@link TokenSource} or a {@link Provider}. */
type Surface = { readonly resources: readonly string[]; readonly exceptResources?: readonly string[] | undefined }

/**
 * Says whether a URL, as `URL` or `Request` writes it, is one of the resources.
 *
 * @throws `TypeError` if a resource is not a URL prefix that tokens may be sent to.
 */
export function isResource(url: string, { resources, exceptResources = nothing }: Surface): boolean {
  return (
    prefixesOf(resources).some((prefix) => isWithin(url, prefix)) &&
    !hasHiddenDots(url) &&
    !prefixesOf(exceptResources).some((prefix) => isWithin(url, prefix) || isWithin(asServersMayRead(url), prefix))
  )
}

/**
 * Checks the URL prefixes that tokens may be sent to, before any is.
 *
 * @throws `TypeError` if there is none, or one is not a URL prefix that tokens may be sent to.
 */
export function checkResources(surface: Surface): void {
  const { resources, exceptResources = nothing } = Object(surface) as Surface
  if (!Array.isArray(resources))
    throw new TypeError('a token source needs resources, a list of URLs that tokens may be sent to')
  if (resources.length === 0) throw new TypeError('resources is empty: name the URLs that tokens may be sent to')
  prefixesOf(resources)
  prefixesOf(exceptResources)
}

/**
 * Parses a URL that secrets are sent to: `https:`, or `http:` on loopback; never with a user name or password in it.
 *
 * @throws `TypeError` otherwise, which says `what` it is and not what it holds.
 */
export function secureUrl(text: string, what: string): URL {
  if (!URL.canParse(text)) throw new TypeError(`${what} is not an absolute URL`)
  const url = new URL(text)
  if (url.username || url.password) throw new TypeError(`${what} must not hold a user name or password`)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))) return url
  throw new TypeError(
    `${what} must be https:, since secrets are sent there (http: is for loopback only): ${url.origin}`,
  )
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

const nothing: readonly string[] = []

/** Providers share their lists between all their sources, so each list is parsed once. */
const parsed = new WeakMap<readonly string[], readonly string[]>()

function prefixesOf(list: readonly string[]): readonly string[] {
  let prefixes = parsed.get(list)
  if (!prefixes) {
    prefixes = list.map((text, index) => {
      const what = `resource ${index + 1} of ${list.length}`
      const { origin, pathname, search, hash } = secureUrl(text, what)
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
function asServersMayRead(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  return path
    .replaceAll(/%([2-7][\da-f])/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/(?<!:)\/{2,}/g, '/')
    .replaceAll(/;[^/]*/g, '')
}

/** `..%2F` and `%252e` may climb out of the prefix on a server that decodes before it resolves. `URL` handles the plain ones. */
const hasHiddenDots = (url: string) => url.includes('%') && hiddenDots.test(url.replace(/[?#].*$/s, ''))

const hiddenDots = /%(25)*2e|(\/|%(25)*(2f|5c))\.{1,2}(\/|%(25)*(2f|5c)|$)/i
