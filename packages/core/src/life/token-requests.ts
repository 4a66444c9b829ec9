import type { FormParameters } from '../endpoint/call-endpoint.ts'
import { requestToken } from '../endpoint/token-request.ts'
import { isOAuthError, oauthError, type OAuthError } from '../errors.ts'
import type { Token } from '../token.ts'
import type { Settings } from './options.ts'
import type { TokenState } from './state.ts'
import type { Attempt, Credentials } from './token-cache.ts'

/** The ways to request a token from the token endpoint. */
export type TokenRequests = {
  /** Requests a token by the grant. `undefined` if the grant cannot get a token by itself. */
  readonly byGrant?: (() => Promise<Token>) | undefined
  /**
   * Redeems a refresh token. Returns `undefined` if it is dead. Keeps values of the previous token that the response
   * leaves out.
   */
  readonly byRefreshToken: (refreshToken: string, previous: Token | null | undefined) => Promise<Token | undefined>
}

/** Makes the token requests of one renewal. */
export function createTokenRequests(
  settings: Settings,
  state: TokenState,
  credentials: Credentials,
  { checkLimit }: Attempt,
): TokenRequests {
  const { provider, grant } = settings

  const ask = async (parameters: () => FormParameters | Promise<FormParameters>): Promise<Token> => {
    checkLimit()
    const all = async () => ({ ...settings.parameters, ...(await parameters()) })
    const token = await requestToken({ ...settings, ...credentials, parameters: all })
    // `concat` takes less memory than a spread, and there can be a state for each of many tenants.
    state.grantedAt = state.grantedAt.concat(Date.now())
    return token
  }

  // If the grant can start over, it does so after every final refusal, because it needs no refresh token. 408 and 429 ask
  // for another attempt. The grant `refresh_token` would start over with a refresh token that is used already.
  const isDead = ({ code, error, status = 0 }: OAuthError): boolean =>
    grant.parameters && grant.name !== 'refresh_token'
      ? status >= 400 && status < 500 && status !== 408 && status !== 429
      : code === 'TOKEN_REFUSED' && error === 'invalid_grant'

  return {
    byGrant: grant.parameters && (() => ask(async () => grant.parameters?.() ?? {})),
    byRefreshToken: async (refreshToken, previous) => {
      try {
        // No scope is sent, so the renewed token gets the scope that was granted. See RFC 6749 §6.
        const token = await ask(() => ({
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          scope: undefined,
        }))
        const reason = previous && grant.checkRefreshed?.(token, previous)
        if (reason)
          throw oauthError(provider.name, 'TOKEN_MALFORMED', `the tokenEndpoint answered with ${reason}: sign in again`)
        // Values that the response leaves out have not changed. See RFC 6749 §6.
        const { scope, idToken } = previous ?? {}
        return { refreshToken, ...(scope && { scope }), ...(idToken && { idToken }), ...token }
      } catch (error) {
        if (isOAuthError(error) && isDead(error)) return undefined
        throw error
      }
    },
  }
}

/** Makes the error for a token that nothing can renew. */
export function signInAgain({ provider, grant }: Settings, isRefreshTokenDead: boolean): OAuthError {
  const why = isRefreshTokenDead ? 'the refresh token is no longer good' : 'no token is stored'
  const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
  return oauthError(provider.name, 'TOKEN_MISSING', what, { error: isRefreshTokenDead ? 'invalid_grant' : undefined })
}
