import { OAuthError, type Grant } from '@oauthkit/core'
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
  checkRefreshed: (token, previous) => {
    // A refresh need not bring an ID token; one that it brings must be the same user's.
    if (token.idToken === undefined || previous.idToken === undefined) return
    if (subjectOf(token.idToken) !== undefined && subjectOf(token.idToken) === subjectOf(previous.idToken)) return
    throw new OAuthError('TOKEN_MALFORMED', 'the refreshed token is for another user: sign in again')
  },
})
