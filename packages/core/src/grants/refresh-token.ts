import type { Grant } from '../grant.ts'

/**
 * Creates a grant that starts from a refresh token that you already have.
 *
 * A token source also redeems the refresh tokens that it receives later. That needs no grant of this kind.
 *
 * The refresh token may be valid for one use only. It is redeemed if neither memory nor the store has a newer one. If a
 * store cannot be read, it is not redeemed. If this process has redeemed it, and the entry of the store is then gone, the
 * login has ended. A new process tries the refresh token again.
 *
 * @throws `TypeError` if the refresh token is empty.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-6 RFC 6749 §6}
 * @example
 * ```ts
 * import { refreshToken } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 *
 * export const tokensFrom = (token: string) => orangeTokens({ grant: refreshToken(token) })
 * ```
 */
export function refreshToken(token: string): Grant {
  if (typeof token !== 'string' || token === '')
    throw new TypeError('refreshToken() needs the refresh token, a non-empty string')
  // The refresh tokens of two users must not share an entry in a store.
  return { name: 'refresh_token', identity: () => token, refreshToken: () => token }
}
