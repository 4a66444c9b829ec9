import type { Grant } from '../grant.ts'

/**
 * A token from a refresh token that somebody else obtained.
 *
 * A token source renews with the refresh tokens it receives by itself: this grant is for starting from one.
 *
 * @throws `TypeError` if the refresh token is empty.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-6 RFC 6749 §6}
 */
export function refreshToken(token: string): Grant {
  if (typeof token !== 'string' || token === '')
    throw new TypeError('refreshToken() needs the refresh token, a non-empty string')
  const parameters = () => ({ grant_type: 'refresh_token', refresh_token: token })
  // Two users' refresh tokens must not share an entry of a store.
  return { name: 'refresh_token', identity: () => token, parameters }
}
