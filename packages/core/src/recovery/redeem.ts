import { isOAuthError, oauthError, type OAuthError } from '../errors.ts'
import type { Settings } from '../life/options.ts'
import { memberOf } from '../members.ts'
import type { SendTokenRequest } from '../life/token-request.ts'
import type { Token } from '../token.ts'

/**
 * Redeems a refresh token. Returns `undefined` if it is dead.
 *
 * @param previous - the token that it belongs to. The new one keeps the values that the response leaves out.
 */
export async function redeem(
  { provider, grant, parameters }: Settings,
  request: SendTokenRequest,
  refreshToken: string,
  previous: Token | null | undefined,
): Promise<Token | undefined> {
  try {
    // Without a scope, the renewed token gets the scope that was granted. See RFC 6749 §6.
    const scope = provider.refreshWithScope ? (parameters['scope'] ?? memberOf(previous, 'scope')) : undefined
    const token = await request(() => ({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      scope,
    }))
    const reason = previous && (await grant.checkRefreshed?.(token, previous))
    if (reason)
      throw oauthError(provider.name, 'TOKEN_MALFORMED', `the tokenEndpoint answered with ${reason}: sign in again`)
    // Values that the response leaves out have not changed. See RFC 6749 §6. Members that this version does not know are
    // kept, because a newer version may have stored them.
    const { accessToken: _old, expiresAt: _ended, extra: _extra, refreshExpiresAt, ...kept } = previous ?? {}
    const isKept = refreshExpiresAt !== undefined && token.refreshToken === undefined
    return { ...kept, refreshToken, ...(isKept && { refreshExpiresAt }), ...token }
  } catch (error) {
    if (isOAuthError(error) && isDead(error)) return undefined
    throw error
  }

  // If the grant can start over, it does so after every final refusal, because it needs no refresh token. A rate limit or
  // a firewall, which are TOKEN_UNAVAILABLE, ask for another attempt.
  function isDead(error: OAuthError): boolean {
    const status = memberOf(error, 'status') ?? 0
    if (error.code === 'TOKEN_REFUSED')
      return grant.parameters !== undefined || memberOf(error, 'error') === 'invalid_grant'
    return grant.parameters !== undefined && error.code === 'TOKEN_MALFORMED' && status >= 400 && status < 500
  }
}

/** Makes the error for a token that nothing can renew. */
export function signInAgain({ provider, grant }: Settings, isRefreshTokenDead: boolean): OAuthError {
  const why = isRefreshTokenDead ? 'the refresh token is no longer good' : 'there is no token'
  const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
  return oauthError(provider.name, 'TOKEN_MISSING', what, { error: isRefreshTokenDead ? 'invalid_grant' : undefined })
}
