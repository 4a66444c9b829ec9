import { timeFor } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { TokenState } from '../life/state.ts'
import type { Attempt } from '../life/token-cache.ts'
import { endOf, type Token } from '../token.ts'

/** The entry of a store under a key: a token, `null` if there is none, or `undefined` if it could not be read. */
export type Stored = Token | null | undefined

/**
 * Whether the token belongs to a user or a tenant. If its entry is gone, that one has logged out, maybe in another
 * process. A grant that cannot get a token by itself always belongs to a user.
 */
export const isUsers = ({ key, grant }: Pick<Settings, 'key' | 'grant'>): boolean =>
  key !== undefined || !grant.parameters

/**
 * Whether to use the stored token. If memory has a token that is still in use, the stored one must expire later. If
 * memory has an unsaved token, the stored one is the one that it replaces.
 */
export function isNewer(stored: Stored, { cached, unsaved }: TokenState, attempt: Attempt): stored is Token {
  const now = Date.now()
  if (!stored || unsaved || stored.accessToken === attempt.rejected) return false
  if (endOf(stored) <= (cached ? timeFor(cached, now) : now)) return false
  return !(attempt.reason === 'ageing' && cached && endOf(stored) <= cached.expiresAt)
}

/**
 * Returns the refresh token to redeem: the store's, else the one in memory. If the token in memory could not be stored,
 * its refresh token takes precedence. One that a log-out has ended is not redeemed, even if the store still has it.
 *
 * @param isUser - see {@link isUsers}.
 */
export function refreshTokenOf(stored: Stored, state: TokenState, isUser: boolean): string | undefined {
  const own = state.cached?.token.refreshToken
  // The token in memory must not bring the entry of a user back who has logged out.
  const other = isUser && stored === null ? undefined : own
  const found = state.unsaved ? (own ?? stored?.refreshToken) : (stored?.refreshToken ?? other)
  return state.ended.includes(found) ? undefined : found
}

/**
 * Makes the check whether an entry is older than a token that did not come from it: there is none, it is still the one
 * that was read before, or it expires earlier.
 */
export const isOlderThan = (token: Token, before: Stored) => (current: Token | null) =>
  !current || current.accessToken === before?.accessToken || endOf(current) <= endOf(token)

/** Whether the user logged out, or signed in again, between two reads of the store. `isUser`: see {@link isUsers}. */
export function isReplaced(before: Stored, now: Stored, isUser: boolean): boolean {
  const isLoggedOut = isUser && before?.refreshToken !== undefined && now === null
  const isSignedIn = now?.refreshToken !== undefined && now.refreshToken !== before?.refreshToken
  return isLoggedOut || isSignedIn
}
