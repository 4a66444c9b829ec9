import { spend } from '../life/state.ts'
import { startTokenOf } from '../grant.ts'
import { withoutRefreshToken } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { Attempt, Located } from '../life/token-cache.ts'
import type { SendTokenRequest } from '../life/token-request.ts'
import { memberOf } from '../members.ts'
import type { Token } from '../token.ts'
import { redeem, signInAgain } from './redeem.ts'

/** Renews a token that is in memory only: by its refresh token, else by the grant. */
export async function renewInMemory(
  settings: Settings,
  { state }: Located,
  { checkCurrent, isCurrent }: Attempt,
  request: SendTokenRequest,
): Promise<Token> {
  const { grant } = settings
  // A sign-in or a log-out can have come while this code was loaded. A new login's refresh token is not for this renewal.
  checkCurrent()
  const cached = state.cached?.token
  const refreshToken = memberOf(cached, 'refreshToken') ?? (state.isStartSpent ? undefined : startTokenOf(grant))
  if (refreshToken && !state.ended.includes(refreshToken)) {
    // The token in memory can be of another login.
    const previous = cached?.refreshToken === refreshToken ? cached : undefined
    const token = await redeem(settings, request, refreshToken, previous)
    // A server that rotates has ended this refresh token.
    if (token?.refreshToken !== refreshToken && isCurrent()) spend(state, grant, refreshToken)
    if (token) return token
    checkCurrent()
    // The refresh token is dead. The access token is still valid until it expires.
    if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }
  }
  if (grant.parameters) return request(async () => grant.parameters?.() ?? {})
  throw signInAgain(settings, refreshToken !== undefined)
}
