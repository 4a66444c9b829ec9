import { oauthError } from '@oauthkit/core/plugin'
import { customFetch, discoveryRequest, processDiscoveryResponse, type AuthorizationServer } from 'oauth4webapi'
import { checkEndpoints, type EndpointName } from './metadata.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/** The endpoints that a sign-in needs. */
const neededBy = ({ isOpenId }: LoginSettings): readonly EndpointName[] =>
  isOpenId ? ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri'] : ['authorizationEndpoint', 'tokenEndpoint']

/**
 * Whether a provider's data has all endpoints that a sign-in needs, so that its metadata is not fetched. The metadata must
 * confirm the endpoints that are not below the issuer: those of the sign-in, and `endpoint`.
 */
export const isComplete = (settings: LoginSettings, endpoint: EndpointName): boolean =>
  neededBy(settings).every((name) => settings.provider[name] !== undefined) &&
  toConfirm(settings, endpoint).length === 0

/** Returns the endpoints of a step that the metadata must confirm. */
export const toConfirm = (settings: LoginSettings, endpoint: EndpointName): readonly EndpointName[] =>
  [...new Set([...neededBy(settings), endpoint])].filter((name) => settings.foreign.includes(name))

/** What the metadata says about a provider. */
export type Discovered = {
  /** The provider's data and its metadata. The data takes precedence. */
  readonly server: AuthorizationServer
  /** The metadata alone. */
  readonly metadata: AuthorizationServer
}

/** Fetches the provider's metadata. */
export async function discoverServer(settings: LoginSettings): Promise<Discovered> {
  const { provider, metadata: own } = settings
  const discovered = await discover(settings)
  // Keeps the issuer exactly as the metadata spells it, because ID tokens are compared with it.
  const server = { ...discovered, ...own, issuer: discovered.issuer }
  const malformed = (what: string) => oauthError(provider.name, 'TOKEN_MALFORMED', what)
  // The error must come before the user is sent to the provider.
  const needed = settings.isOpenId
    ? (['authorization_endpoint', 'jwks_uri'] as const)
    : (['authorization_endpoint'] as const)
  for (const member of needed) {
    if (!server[member]) throw malformed(`its metadata has no ${member}: add it to the provider's data`)
  }
  try {
    return { server: checkEndpoints(provider, server), metadata: discovered }
  } catch {
    // The provider made this mistake, not the caller, so it is no TypeError.
    throw malformed('its metadata has an endpoint that is no https: URL')
  }
}

async function discover(settings: LoginSettings): Promise<AuthorizationServer> {
  const { discoveryUrl, issuer = '' } = settings.provider
  const options = requestOptions(settings, discoveryUrl ?? issuer)
  const { signal, [customFetch]: send } = options
  const headers = { accept: 'application/json' }
  const response = discoveryUrl
    ? await send(discoveryUrl, { method: 'GET', headers, body: undefined, redirect: 'manual', signal })
    : await discoveryRequest(new URL(issuer), options)
  return processDiscoveryResponse(new URL(issuer), response)
}
