import type { ClientOptions, FormParameters } from '../endpoint/call-endpoint.ts'
import { oauthError, isOAuthError } from '../errors.ts'
import type { TokenEventDetails } from '../events.ts'
import { requestToken } from '../endpoint/token-request.ts'
import type { Settings } from './options.ts'
import type { Slot } from './state.ts'
import type { Token } from '../token.ts'

/** The ways to ask the token endpoint for a token. */
export type TokenRequests = {
  /** Asks by the grant, if it can get a token by itself. */
  readonly byGrant?: (() => Promise<Token>) | undefined
  /** Redeems a refresh token; `undefined` if it is dead. What the answer leaves out is the previous token's. */
  readonly byRefreshToken: (refreshToken: string, previous: Token | null | undefined) => Promise<Token | undefined>
}

/** Makes the token requests of a renewal; beyond `maxTokenRequestsPerMinute` granted ones they fail. */
export function createTokenRequests(
  settings: Settings,
  slot: Slot,
  credentials: Pick<ClientOptions, 'clientId' | 'clientSecret'>,
  report: (event: TokenEventDetails) => void,
): TokenRequests {
  const { provider, grant, maxTokenRequestsPerMinute } = settings

  const ask = async (parameters: () => FormParameters | Promise<FormParameters>): Promise<Token> => {
    const minuteAgo = Date.now() - 60_000
    slot.grantedAt = slot.grantedAt.filter((instant) => instant > minuteAgo)
    if (slot.grantedAt.length >= maxTokenRequestsPerMinute) {
      report({ type: 'throttled', why: 'token-requests' })
      const what = `${maxTokenRequestsPerMinute} tokens were granted in a minute: find out why none of them lasts`
      throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what, { retryAt: (slot.grantedAt[0] ?? 0) + 60_000 })
    }
    const all = async () => ({ ...settings.parameters, ...(await parameters()) })
    const token = await requestToken({ ...settings, ...credentials, parameters: all })
    slot.grantedAt = [...slot.grantedAt, Date.now()]
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
