import type { Grant } from '@oauthkit/core'
import { idTokenClaimsOf } from './id-token-claims-of.ts'

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
  identity: '',
  checkRefreshed: (token, previous) => {
    // A refresh need not bring an ID token; one that it brings must be the same user's, for the same client.
    if (token.idToken === undefined || previous.idToken === undefined) return undefined
    const isSame = identityOf(token.idToken) === identityOf(previous.idToken)
    return isSame ? undefined : "another user's ID token, or one of another issuer or for another client"
  },
})

/** What a refresh must not change. See OpenID Connect Core 1.0 §12.2. */
function identityOf(idToken: string): string | undefined {
  const { iss, sub, aud } = idTokenClaimsOf(idToken)
  return typeof sub === 'string' && sub ? JSON.stringify([iss, sub, [aud].flat().map(String).toSorted()]) : undefined
}
