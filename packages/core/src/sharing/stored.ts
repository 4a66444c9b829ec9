import { timeFor } from '../life/cached-token.ts'
import { startTokenOf } from '../grant.ts'
import type { Settings } from '../life/options.ts'
import type { TokenState } from '../life/state.ts'
import type { Attempt } from '../life/token-cache.ts'
import { memberOf } from '../members.ts'
import { endOf, type Token } from '../token.ts'

/** The entry of a store under a key: a token, `null` if there is none, or `undefined` if it could not be read. */
export type Stored = Token | null | undefined

/**
 * Whether the token belongs to a user or a tenant. If such an entry is gone, its user has logged out, maybe in another
 * process. The token of a grant that cannot get one by itself always belongs to a user.
 */
export const isUsers = ({ key, grant }: Pick<Settings, 'key' | 'grant'>): boolean =>
  key !== undefined || !grant.parameters

/**
 * Whether to use the stored token. If the token in memory still serves calls (`ageing`), the stored one must expire later.
 * If memory has an unsaved token, the stored one is older, and is not used.
 */
export function isNewer(stored: Stored, { cached, unsaved, ended }: TokenState, attempt: Attempt): stored is Token {
  const now = Date.now()
  // After a log-out, the store can still have the token.
  if (!stored || unsaved || stored.accessToken === attempt.rejected || ended.includes(stored.accessToken)) return false
  // A stored token was written by the wall clock. That clock may have been set since the one in memory was received.
  const time = stored.accessToken === cached?.token.accessToken ? timeFor(cached, now) : now
  if (endOf(stored) <= time) return false
  return !(attempt.reason === 'ageing' && cached && endOf(stored) - time <= cached.expiresAt - timeFor(cached, now))
}

/**
 * Returns the refresh token to redeem: the store's, else the one in memory. If the token in memory could not be stored,
 * its refresh token takes precedence. One that a log-out has ended, or that was redeemed, is not sent again, even if the
 * store still has it.
 *
 * The refresh token that the grant starts from comes last, if the store was read.
 */
export function refreshTokenOf(
  stored: Stored,
  state: TokenState,
  settings: Pick<Settings, 'key' | 'grant'>,
): string | undefined {
  const own = memberOf(state.cached?.token, 'refreshToken')
  const theirs = memberOf(stored, 'refreshToken')
  // The token in memory must not bring the entry of a user back who has logged out.
  const other = isUsers(settings) && stored === null ? undefined : own
  const start = stored === undefined || state.isStartSpent ? undefined : startTokenOf(settings.grant)
  const candidates = state.unsaved ? [own, theirs, start] : [theirs, other, start]
  return candidates.find((one) => one !== undefined && !state.ended.includes(one))
}

/**
 * Makes the check whether a token that did not come from the store may replace an entry: the entry is still the one that
 * was read before, or it does not expire later. If none could be read before, the first entry that the check gets counts as
 * read before.
 *
 * @param isUser - see {@link isUsers}. A user's login that is gone was ended by a log-out, maybe in another process,
 * unless its refresh token has expired.
 */
export function isOlderThan(token: Token, before: Stored, isUser: boolean): (current: Token | null) => boolean {
  let first = before
  return (current) => {
    if (first === undefined) first = current
    if (!current) {
      const hasExpired = Date.now() >= (first?.refreshExpiresAt ?? Number.POSITIVE_INFINITY)
      return !isUser || first?.refreshToken === undefined || hasExpired
    }
    return current.accessToken === first?.accessToken || endOf(current) <= endOf(token)
  }
}

/** Whether the user logged out, or signed in again, between two reads of the store. `isUser`: see {@link isUsers}. */
export function isReplaced(before: Stored, now: Stored, isUser: boolean): boolean {
  const isLoggedOut = isUser && before?.refreshToken !== undefined && now === null
  // A new login can come without a refresh token. If only the refresh token is gone, it is the same login: a process has
  // removed a dead refresh token.
  const isSignedIn =
    now?.refreshToken === undefined
      ? now && before?.refreshToken !== undefined && now.accessToken !== before.accessToken
      : now.refreshToken !== before?.refreshToken
  return isLoggedOut || isSignedIn === true
}
