/**
 * Whether a callback came to the redirect URI that the sign-in began with, so that the responses of two redirect URIs
 * cannot be mixed up. One redirect URI for each provider is a defence against mix-up attacks: RFC 9700 §4.4.2.2.
 *
 * Compared are the path, which must be equal, and the redirect URI's own query parameters, which the provider must keep:
 * RFC 6749 §3.1.2. The origin of an `https:` URL is compared too. Scheme and host of an `http:` URL are not: a server
 * behind a proxy often sees `http:` and another host. A path and a query have no origin.
 */
export function isAtRedirectUri({ protocol, origin, pathname, searchParams }: URL, redirectUri: string): boolean {
  const own = new URL(redirectUri)
  const valuesOf = (parameters: URLSearchParams, name: string) => JSON.stringify(parameters.getAll(name))
  return (
    (protocol === 'http:' || origin === own.origin) &&
    pathname === own.pathname &&
    [...own.searchParams.keys()].every((name) => valuesOf(searchParams, name) === valuesOf(own.searchParams, name))
  )
}
