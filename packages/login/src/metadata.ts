import type { Provider } from '@oauthkit/core'
import { parseSecureUrl } from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'

/** The name of an endpoint in a provider's data. */
export type EndpointName = Extract<keyof Provider, `${string}Endpoint` | 'jwksUri'>

/** The members of a provider that are metadata, and their names in metadata. See OpenID Connect Discovery 1.0 §3. */
const members = {
  authorizationEndpoint: 'authorization_endpoint',
  tokenEndpoint: 'token_endpoint',
  userinfoEndpoint: 'userinfo_endpoint',
  revocationEndpoint: 'revocation_endpoint',
  endSessionEndpoint: 'end_session_endpoint',
  jwksUri: 'jwks_uri',
} as const satisfies Record<EndpointName, keyof AuthorizationServer>

/** The names of all endpoints. */
export const endpointNames: readonly EndpointName[] = Object.keys(members) as EndpointName[]

/** Returns an endpoint that metadata names. */
export const endpointIn = (metadata: AuthorizationServer, name: EndpointName): string | undefined =>
  metadata[members[name]]

/**
 * Returns the metadata that a provider's data holds.
 *
 * @throws `TypeError` if secrets must not be sent to one of the endpoints.
 */
export function metadataOf(provider: Provider): AuthorizationServer {
  // Without an issuer, the token endpoint says which server it is.
  const { issuer = provider.tokenEndpoint, idTokenSigningAlgorithms: algorithms } = provider
  const { authorizationResponseIssParameterSupported: isIssSent } = provider
  const metadata: Record<string, unknown> = {}
  for (const name of endpointNames) {
    const value = provider[name]
    if (value !== undefined) metadata[members[name]] = value
  }
  if (algorithms) metadata['id_token_signing_alg_values_supported'] = algorithms
  if (isIssSent !== undefined) metadata['authorization_response_iss_parameter_supported'] = isIssSent
  return checkEndpoints(provider, { ...metadata, issuer })
}

/**
 * Checks all endpoints before anything is sent to one of them.
 *
 * @throws `TypeError` if secrets must not be sent to one of them.
 */
export function checkEndpoints({ name, insecureHosts }: Provider, metadata: AuthorizationServer): AuthorizationServer {
  for (const member of Object.values(members)) {
    const url = metadata[member]
    if (url !== undefined) parseSecureUrl(url, `${name}: ${member}`, insecureHosts)
  }
  return metadata
}
