import type { Provider } from '@oauthkit/core'
import type { AuthorizationServer } from 'oauth4webapi'
import { endpointIn, endpointNames, type EndpointName } from './metadata.ts'

/**
 * Returns the endpoints in a provider's data that are not below its issuer's URL, nor below a trusted URL.
 *
 * They may be another server's: a sandbox that is a spread of production's data can keep an endpoint of production. So
 * the issuer's metadata must confirm each of them: see {@link checkConfirmed}. An endpoint of production that is below the
 * sandbox's issuer cannot be told from one of the sandbox.
 */
export function findForeignEndpoints(provider: Provider, trusted: readonly string[]): readonly EndpointName[] {
  const { issuer } = provider
  // Without an issuer, the data is all that is known.
  if (issuer === undefined) return []
  return endpointNames.filter((endpoint) => {
    const url = provider[endpoint]
    return url !== undefined && ![issuer, ...trusted].some((base) => isBelow(url, base))
  })
}

/**
 * Checks that the issuer's metadata confirms the foreign endpoints of a provider's data: it names the same URL, or it is
 * itself in a folder above that URL.
 *
 * @throws `TypeError` if it does not confirm one of them.
 */
export function checkConfirmed(
  provider: Provider,
  foreign: readonly EndpointName[],
  metadata: AuthorizationServer,
): void {
  const { name, issuer = '', discoveryUrl } = provider
  const folder = discoveryUrl && new URL('.', discoveryUrl.replace(/\.well-known\/.*$/s, '')).href
  for (const endpoint of foreign) {
    const url = provider[endpoint] ?? ''
    const named = endpointIn(metadata, endpoint)
    const isNamed = typeof named === 'string' && URL.canParse(named) && new URL(named).href === new URL(url).href
    if (!isNamed && !(folder && isBelow(url, folder)))
      throw new TypeError(
        `${name}: the ${endpoint} is not below the issuer ${issuer}, and the issuer's metadata does not name it: ${advice}`,
      )
  }
}

const advice = 'correct it, or name it in trustedEndpoints if it belongs to this issuer'

/** Whether a URL is a base URL, or below it by whole path segments. */
function isBelow(url: string, base: string): boolean {
  const { origin, pathname } = new URL(url)
  const above = new URL(base)
  return origin === above.origin && `${pathname}/`.startsWith(`${above.pathname.replace(/\/+$/, '')}/`)
}
