import { memberOf } from '../members.ts'
import { loadPart } from '../load-later.ts'
import { createState } from './state.ts'
import type { SourceData, TokenCache } from './token-cache.ts'
import { createTokenRequest } from './token-request.ts'

/** Finds the token of a source that has no store. */
export const locateInMemory: SourceData['locate'] = async (source) => ({
  cache: memoryCache,
  state: (source.state ??= createState('')),
  credentials: { clientId: source.clientId, clientSecret: source.clientSecret },
})

/** Renews a token that is in memory only. */
const memoryCache: TokenCache = {
  renewal: ({ settings }, located, attempt) => ({
    request: async () => {
      const { grant } = settings
      const request = createTokenRequest(settings, located, attempt)
      if (grant.parameters && !memberOf(located.state.cached?.token, 'refreshToken')) {
        return { type: 'renewed', token: await request(async () => grant.parameters?.() ?? {}) }
      }
      const { renewInMemory } = await loadPart(settings.provider, 'uses refresh tokens')
      return { type: 'renewed', token: await renewInMemory(settings, located, attempt, request) }
    },
  }),
}
