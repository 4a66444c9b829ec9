import type { Grant } from '@oauthkit/core'
import { subjectOf } from './subject-of.ts'

/**
 * The grant of signed-in users: their tokens come from `setToken` after the sign-in, one `key` for each user, and are refreshed
 * where there is a refresh token. It cannot start over: without a token, the error is `TOKEN_MISSING`.
 *
 * ```ts
 * const tokens = createTokenSource({ provider, clientId, clientSecret, grant: userLogin(), store, key: claims.sub })
 * await tokens.setToken(token)
 * ```
 */
export const userLogin = (): Grant => ({
  name: 'user_login',
  flawOfRefreshed: (token, previous) => {
    // A refresh need not bring an ID token; one that it brings must be the same user's. See OpenID Connect Core 1.0 §12.2.
    if (token.idToken === undefined || previous.idToken === undefined) return undefined
    const subject = subjectOf(token.idToken)
    return subject !== undefined && subject === subjectOf(previous.idToken) ? undefined : 'a token of another user'
  },
})
