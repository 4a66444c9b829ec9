import { endTokens } from '../life/state.ts'
import { withoutRefreshToken } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { Attempt, Located } from '../life/token-cache.ts'
import type { SendTokenRequest } from '../life/token-request.ts'
import type { Token } from '../token.ts'
import { redeem, signInAgain } from './redeem.ts'

/** Renews a token that is in memory only: by its refresh token, else by the grant. */
export async function renewInMemory(
  settings: Settings,
  { state }: Located,
  { checkCurrent }: Attempt,
  request: SendTokenRequest,
): Promise<Token> {
  const { grant } = settings
  const previous = state.cached?.token
  const refreshToken = previous?.refreshToken ?? grant.refreshToken?.()
  if (refreshToken && !state.ended.includes(refreshToken)) {
    const token = await redeem(settings, request, refreshToken, previous)
    // A server that rotates has ended this refresh token.
    if (token?.refreshToken !== refreshToken) endTokens(state, refreshToken)
    if (token) return token
    checkCurrent()
    // The refresh token is dead. The access token is still valid until it expires.
    if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }
  }
  if (grant.parameters) return request(async () => grant.parameters?.() ?? {})
  throw signInAgain(settings, refreshToken !== undefined)
}
