import type { Provider } from '../provider.ts'
import { parseSecureUrl } from '../secure-url.ts'

/**
 * Returns the URL of a provider's endpoint.
 *
 * @throws `TypeError` if it is missing or not a secure URL, or has a fragment, which RFC 6749 §3.2 forbids.
 */
export function endpointUrl(provider: Provider, endpoint: 'tokenEndpoint' | 'revocationEndpoint'): URL {
  const what = `${provider.name}: ${endpoint}`
  const url = parseSecureUrl(provider[endpoint] ?? '', what, provider.insecureHosts)
  if (url.href.includes('#')) throw new TypeError(`${what} must not have a fragment (#)`)
  return url
}
