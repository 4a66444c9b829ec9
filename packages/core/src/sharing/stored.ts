import type { TokenState } from '../life/state.ts'
import type { Attempt } from '../life/token-cache.ts'
import { endOf, type Token } from '../token.ts'

/** What a store has under a key: a token, `null` if there is none, `undefined` if it could not be read. */
export type Stored = Token | null | undefined

/** Whether to use the stored token. If memory has one that is in use or unsaved, the stored one must end later. */
export function isNewer(stored: Stored, { cached, isUnsaved }: TokenState, attempt: Attempt): stored is Token {
  if (!stored || stored.accessToken === attempt.rejected || endOf(stored) <= Date.now()) return false
  const mustOutlive = attempt.reason === 'ageing' || isUnsaved
  return !(mustOutlive && cached && endOf(stored) <= cached.expiresAt)
}

/**
 * The refresh token to redeem: the store's, else the one in memory.
 *
 * @param isUser - whether the token is a signed-in user's.
 */
export function refreshTokenOf(stored: Stored, { cached, isUnsaved }: TokenState, isUser: boolean): string | undefined {
  // A user whose entry is gone has logged out, maybe elsewhere: what is in memory must not bring the entry back.
  const isLoggedOut = isUser && stored === null
  const own = isLoggedOut && !isUnsaved ? undefined : cached?.token.refreshToken
  // An unsaved token is newer than the stored one, unless that one ends later.
  const isOwnNewer = isUnsaved && !(stored && cached && endOf(stored) > cached.expiresAt)
  return isOwnNewer ? (own ?? stored?.refreshToken) : (stored?.refreshToken ?? own)
}

/** Whether the user logged out, or signed in again, between two looks into the store. */
export function isReplaced(before: Stored, now: Stored, isUser: boolean): boolean {
  const isLoggedOut = isUser && before?.refreshToken !== undefined && now === null
  const isSignedIn = now?.refreshToken !== undefined && now.refreshToken !== before?.refreshToken
  return isLoggedOut || isSignedIn
}
