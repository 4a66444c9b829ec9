/**
 * Whether a callback came to the redirect URI that the sign-in began with, so that the responses of two redirect URIs
 * cannot be mixed up. One redirect URI for each provider is a defence against mix-up attacks: RFC 9700 §4.4.2.2.
 *
 * Compared are the path, and the redirect URI's own query parameters, which the provider must keep: RFC 6749 §3.1.2. The
 * host is compared only if both are public names with `https:`. A server behind a proxy often sees `http:`, a name such as
 * `localhost`, or an address. A path and a query have no host.
 */
export function isAtRedirectUri(callback: URL, redirectUri: string): boolean {
  const own = new URL(redirectUri)
  const valuesOf = ({ searchParams }: URL, name: string) => JSON.stringify(searchParams.getAll(name))
  // A scheme of an app's own has no origin, and its URL reaches only the app.
  const isSameHost = isWeb(own)
    ? isWeb(callback) && (callback.origin === own.origin || !isPublic(callback) || !isPublic(own))
    : callback.protocol === own.protocol && callback.host === own.host
  return (
    isSameHost &&
    pathOf(callback) === pathOf(own) &&
    [...own.searchParams.keys()].every((name) => valuesOf(callback, name) === valuesOf(own, name))
  )
}

const isWeb = ({ protocol }: URL) => /^https?:$/.test(protocol)

const isPublic = ({ protocol, hostname }: URL) =>
  protocol === 'https:' && /\.[^.\d]+$/.test(hostname) && !/\.(localhost|local|internal)$/.test(hostname)

/** Returns the path in one spelling: escapes of letters are decoded, but not those of separators. See RFC 3986 §6.2.2. */
const pathOf = ({ pathname }: URL): string => {
  try {
    const escapes = pathname.replaceAll(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase())
    return decodeURI(escapes.replaceAll('%25', '%2525'))
  } catch {
    return pathname
  }
}
