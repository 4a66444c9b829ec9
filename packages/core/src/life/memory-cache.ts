import { withoutRefreshToken } from './cached-token.ts'
import { createState, forget, remember } from './state.ts'
import type { Life, TokenCache } from './token-cache.ts'
import { createTokenRequests, signInAgain } from './token-requests.ts'

/** Finds the token of a source that has no store. */
export const locateInMemory: Life['locate'] = async (life) => ({
  cache: memoryCache,
  state: (life.state ??= createState('')),
  credentials: life.settings,
})

/** Keeps a token in memory only. */
const memoryCache: TokenCache = {
  renewal: ({ settings }, { state, credentials }, attempt) => ({
    request: async () => {
      const { byGrant, byRefreshToken } = createTokenRequests(settings, state, credentials, attempt)
      const previous = state.cached?.token
      if (previous?.refreshToken) {
        const token = await byRefreshToken(previous.refreshToken, previous)
        if (token) return { type: 'renewed', token }
        attempt.checkCurrent()
        // The refresh token is dead. The access token is still valid until it expires.
        if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }
      }
      if (byGrant) return { type: 'renewed', token: await byGrant() }
      throw signInAgain(settings, previous?.refreshToken !== undefined)
    },
  }),

  set: async ({ settings }, state, token) => {
    remember(state, token, settings.provider)
    return true
  },

  clear: async (_life, state) => {
    forget(state)
    return { last: undefined, isGone: true }
  },
}
