import { oauthError } from '../errors.ts'
import { locate } from '../life/obtain.ts'
import { endTokens, forget, type TokenState } from '../life/state.ts'
import type { SourceData } from '../life/token-cache.ts'
import type { Token } from '../token.ts'

/**
 * Forgets the token everywhere, and returns it.
 *
 * @param known - what memory held before the call.
 */
export async function clear(source: SourceData, known: Partial<TokenState>): Promise<Token | undefined> {
  const { cache, state } = await locate(source).catch((error: unknown) => {
    // The entry cannot be found, so it stays.
    if (source.state) {
      end(source.state, known.cached?.token, known.stored, source.state.cached?.token)
      forget(source.state)
    }
    throw error
  })
  // Another source over the same store may know a token that this one has not seen yet.
  const { cached, unsaved, stored } = state.cached ? { ...state } : known
  forget(state)
  if (!cache.clear) return cached?.token
  const { last, isGone } = await cache.clear(source, state, unsaved !== undefined)
  if (isGone) return last ?? cached?.token
  end(state, cached?.token, stored, last)
  const what = 'the store failed, so the token may still be in it'
  throw oauthError(source.settings.provider.name, 'TOKEN_UNAVAILABLE', what)
}

const end = (state: TokenState, ...tokens: readonly (Token | null | undefined)[]): void =>
  endTokens(state, ...tokens.flatMap((token) => [token?.accessToken, token?.refreshToken]))
