import { oauthError } from '../errors.ts'
import { invalidReason } from '../invalid-reason.ts'
import { locate } from '../life/obtain.ts'
import { remember } from '../life/state.ts'
import type { SourceData } from '../life/token-cache.ts'
import type { Token } from '../token.ts'

/** Uses a token that was obtained elsewhere. */
export async function setToken(source: SourceData, token: Token): Promise<void> {
  const reason = invalidReason(token)
  if (reason) throw new TypeError(`setToken needs a token: its ${reason}`)
  const { provider } = source.settings
  if (provider.singleUse)
    throw new TypeError(`${provider.name}: setToken is not possible: each token is for one call only`)
  const { cache, state } = await locate(source)
  state.pending = undefined
  state.ended = state.ended.filter((one) => one !== token.accessToken && one !== token.refreshToken)
  state.version += 1
  if (!cache.set) remember(state, token, source.settings.provider)
  else if (!(await cache.set(source, state, token))) {
    const what = 'the store failed, so the token is in memory only'
    throw oauthError(source.settings.provider.name, 'TOKEN_UNAVAILABLE', what)
  }
}
