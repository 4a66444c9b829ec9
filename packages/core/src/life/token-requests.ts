import { lostConnections, type FormParameters } from '../endpoint/call-endpoint.ts'
import { requestToken } from '../endpoint/token-request.ts'
import { isOAuthError, oauthError, type OAuthError } from '../errors.ts'
import type { Token } from '../token.ts'
import { pause } from '../wait.ts'
import { withoutRefreshToken } from './cached-token.ts'
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
  { checkLimit, checkCurrent, mayBridge, markRedeeming }: Attempt,
): TokenRequests {
  const { provider, grant } = settings
  const startedAt = Date.now()

  const ask = async (
    parameters: () => FormParameters | Promise<FormParameters>,
    pauses: readonly number[] = mayBridge ? bridgeMs : [],
  ): Promise<Token> => {
    checkLimit()
    let isOnce = false
    let isOwn = false
    const onSend = (form: URLSearchParams) => {
      isOwn = form.get('grant_type') === 'client_credentials'
      isOnce = form.has('refresh_token') || form.has('code')
      if (isOnce) markRedeeming()
      return isOnce
    }
    const all = async () => ({ ...settings.parameters, ...(await parameters()) })
    try {
      const token = await requestToken({ ...settings, ...credentials, parameters: all }, onSend)
      // `concat` takes less memory than a spread, and there can be a state for each of many tenants.
      state.grantedAt = state.grantedAt.concat(Date.now())
      // The client can request its own token at any time, so it needs no refresh token. See RFC 6749 §4.4.3.
      return isOwn ? withoutRefreshToken(token) : token
    } catch (error) {
      const [pauseMs, ...later] = pauses
      if (pauseMs === undefined || Date.now() >= startedAt + 1000 || !isHiccup(error, isOnce)) throw error
      await pause(pauseMs)
      checkCurrent()
      return ask(parameters, later)
    }
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
        // Values that the response leaves out have not changed. See RFC 6749 §6. Members that this version does not know
        // are kept, because a newer version may have stored them.
        const { accessToken: _old, expiresAt: _ended, extra: _extra, refreshExpiresAt, ...kept } = previous ?? {}
        const isKept = refreshExpiresAt !== undefined && token.refreshToken === undefined
        return { ...kept, refreshToken, ...(isKept && { refreshExpiresAt }), ...token }
      } catch (error) {
        if (isOAuthError(error) && isDead(error)) return undefined
        throw error
      }
    },
  }
}

/** The pauses before a request is sent again after a short disturbance, in milliseconds. */
const bridgeMs = [250, 750]

/**
 * Whether a failure probably passes within a second: the connection was lost, or a gateway did not reach the server.
 * What can be sent only once is sent again only if the platform says that it was not sent.
 */
function isHiccup(error: unknown, isOnce: boolean): boolean {
  if (!isOAuthError(error)) return false
  const { status = 0, retryAt } = error
  const isUnsent = lostConnections.get(error)
  return isOnce ? isUnsent === true : isUnsent !== undefined || (status >= 502 && status <= 504 && !retryAt)
}

/** Makes the error for a token that nothing can renew. */
export function signInAgain({ provider, grant }: Settings, isRefreshTokenDead: boolean): OAuthError {
  const why = isRefreshTokenDead ? 'the refresh token is no longer good' : 'no token is stored'
  const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
  return oauthError(provider.name, 'TOKEN_MISSING', what, { error: isRefreshTokenDead ? 'invalid_grant' : undefined })
}
