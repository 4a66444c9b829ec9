import type { Grant, Token } from '@oauthkit/core'
import { hasAccessTokenHash, matchesAccessTokenHash } from './access-token-hash.ts'
import { idTokenClaimsOf } from './decode-jwt.ts'

/**
 * Makes the grant for a user who has signed in. Each user needs a `key`. Give the token of the sign-in to `setToken`.
 *
 * The source renews the token if it has a refresh token. It cannot sign a user in: without a token, the error is
 * `TOKEN_MISSING`.
 *
 * @example
 * ```ts
 * import type { Token } from '@oauthkit/core'
 * import { userLogin } from '@oauthkit/login'
 * import { orangeFrance, orangeTokens } from '@oauthkit/orange'
 *
 * const store = new Map<string, Token>()
 * const tokensOf = (user: string) =>
 *   orangeTokens({ provider: orangeFrance, grant: userLogin(), store, key: user })
 *
 * // After the sign-in: `login.finish(…)` returned the token.
 * export const keep = (user: string, token: Token) => tokensOf(user).setToken(token)
 * ```
 */
export const userLogin = (): Grant => ({
  name: 'user_login',
  identity: '',
  checkRefreshed: (token, previous) => {
    // A refresh response need not have an ID token. If it has one, its user, issuer and client must be the same.
    if (token.idToken === undefined) return undefined
    const isSame = previous.idToken === undefined || identityOf(token.idToken) === identityOf(previous.idToken)
    if (!isSame) return 'an ID token with another user, issuer or client'
    return hasAccessTokenHash(token) ? checkAccessTokenHash(token) : undefined
  },
})

const checkAccessTokenHash = async (token: Token) =>
  (await matchesAccessTokenHash(token)) ? undefined : 'an ID token that belongs to another access token (at_hash)'

/** Returns the claims that a refresh must not change, as one text. See OpenID Connect Core 1.0 §12.2. */
function identityOf(idToken: string): string | undefined {
  const { iss, sub, aud } = idTokenClaimsOf(idToken)
  return typeof sub === 'string' && sub ? JSON.stringify([iss, sub, [aud].flat().map(String).toSorted()]) : undefined
}
