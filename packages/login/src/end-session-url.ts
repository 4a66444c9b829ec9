import type { Provider, Token } from '@oauthkit/core'
import type { AuthorizationServer } from 'oauth4webapi'

/** What a log-out may ask for. See OpenID Connect RP-Initiated Logout 1.0 §2. */
export type EndSessionOptions = {
  /** The user's token, whose ID token tells the provider whose session to end: `id_token_hint`. */
  readonly token?: Token | undefined
  /** Where the user is sent afterwards, exactly as the provider has it registered: `post_logout_redirect_uri`. */
  readonly postLogoutRedirectUri?: string | undefined
  /** What comes back with the user: `state`. */
  readonly state?: string | undefined
}

/** Says where to send the user's browser to end the session at the provider. */
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
