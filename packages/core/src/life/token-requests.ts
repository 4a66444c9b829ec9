import type { FormParameters } from '../endpoint/call-endpoint.ts'
import { requestToken } from '../endpoint/token-request.ts'
import { isOAuthError, oauthError, type OAuthError } from '../errors.ts'
import type { Token } from '../token.ts'
import type { Settings } from './options.ts'
import type { TokenState } from './state.ts'
import type { Attempt, Credentials } from './token-cache.ts'

/** The ways to ask the token endpoint for a token. */
export type TokenRequests = {
  /** Asks by the grant; absent if the grant cannot get a token by itself. */
  readonly byGrant?: (() => Promise<Token>) | undefined
  /** Redeems a refresh token; `undefined` if it is dead. What the answer leaves out is kept from the previous token. */
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
    // `concat` takes less memory than spread, and there may be a state for each of many tenants.
    state.grantedAt = state.grantedAt.concat(Date.now())
    return token
  }

  return {
    byGrant: grant.parameters && (() => ask(async () => grant.parameters?.() ?? {})),
    byRefreshToken: async (refreshToken, previous) => {
      try {
        // The scope stays out: a renewed token has the one that was granted. See RFC 6749 §6.
        const token = await ask(() => ({
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          scope: undefined,
        }))
        const reason = previous && grant.checkRefreshed?.(token, previous)
        if (reason)
          throw oauthError(provider.name, 'TOKEN_MALFORMED', `the tokenEndpoint answered with ${reason}: sign in again`)
        // What the answer leaves out has not changed. See RFC 6749 §6.
        const { scope, idToken } = previous ?? {}
        return { refreshToken, ...(scope && { scope }), ...(idToken && { idToken }), ...token }
      } catch (error) {
        if (isOAuthError(error) && error.code === 'TOKEN_REFUSED' && error.error === 'invalid_grant') return undefined
        throw error
      }
    },
  }
}

/** The error when nothing is left to renew with. */
export function signInAgain({ provider, grant }: Settings, isRefreshTokenDead: boolean): OAuthError {
  const why = isRefreshTokenDead ? 'the refresh token is no longer good' : 'no token is stored'
  const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
  return oauthError(provider.name, 'TOKEN_MISSING', what, { error: isRefreshTokenDead ? 'invalid_grant' : undefined })
}
