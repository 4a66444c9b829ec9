import type { Provider, Token } from '@oauthkit/core'
import type { AuthorizationServer } from 'oauth4webapi'

/** The options of a log-out. See OpenID Connect RP-Initiated Logout 1.0 §2. */
export type EndSessionOptions = {
  /** The user's token. Its ID token tells the provider which session to end: `id_token_hint`. */
  readonly token?: Token | undefined
  /** The URL where the user goes next, exactly as it is registered at the provider: `post_logout_redirect_uri`. */
  readonly postLogoutRedirectUri?: string | undefined
  /** A value that comes back with the user: `state`. */
  readonly state?: string | undefined
}

/** Returns the URL that ends the session at the provider. */
export function endSessionUrl(
  { name }: Provider,
  server: AuthorizationServer,
  clientId: string,
  { token, postLogoutRedirectUri, state }: EndSessionOptions,
): string {
  if (!server.end_session_endpoint) throw new TypeError(`${name}: endSessionEndpoint is missing`)
  const url = new URL(server.end_session_endpoint)
  const parameters = {
    id_token_hint: token?.idToken,
    client_id: clientId,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
  }
  for (const [parameter, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(parameter, value)
  }
  return url.href
}
