import { createEntry, endOf, type EntryOptions } from './stored.ts'
import { oauthError } from '../errors.ts'
import type { TokenEventDetails } from '../events.ts'
import type { ClientOptions } from '../endpoint/call-endpoint.ts'
import type { Lease } from './guarded-store.ts'
import type { Held } from '../life/lifetime.ts'
import { createTokenRequests } from '../life/token-requests.ts'
import type { Token } from '../token.ts'

/** One renewal: what it is for, and with what. */
export type Renewal = EntryOptions & {
  readonly credentials: Pick<ClientOptions, 'clientId' | 'clientSecret'>
  readonly report: (event: TokenEventDetails) => void
}

/**
 * Gets the next token: the newer one that a sibling has put into the store, else one from the token endpoint, by refresh
 * token if there is one, else by the grant. It is in the store before anyone sees it.
 *
 * @throws {@link OAuthError} if there is no token to be had.
 */
export async function renewToken(renewal: Renewal): Promise<Token> {
  const { settings, slot, store, credentials, reason, isCurrent, report } = renewal
  const { provider, grant, timeoutMs } = settings
  const requests = createTokenRequests(settings, slot, credentials, report)
  const entry = createEntry(renewal)
  const startedAt = Date.now()
  let lease: Lease | undefined
  let locks = 0
  let isRationed = false

  /** What was overtaken, or is late, must not redeem or kill a refresh token either. */
  const checkCurrent = () => {
    if (isCurrent() && Date.now() < startedAt + timeoutMs) return
    throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', 'the renewal was overtaken: ask again')
  }

  const done = (type: 'renewed' | 'adopted', token: Token): Token => {
    report({ type, reason, durationMs: Date.now() - startedAt, expiresAt: endOf(token) })
    return token
  }

  const adopt = (token: Token): Token => {
    if (isRationed) slot.forcedRenewals.giveBack()
    if (isCurrent()) slot.isUnsaved = false
    return done('adopted', token)
  }

  /** Writes what was granted over what was there before, and over nothing else: another process may know better. */
  const save = async (token: Token): Promise<Token> => {
    const before = entry.stored
    const newer = before === undefined || !isCurrent() ? undefined : await entry.findNewer()
    if (newer) {
      if (isCurrent()) slot.isUnsaved = false
      return done('adopted', newer)
    }
    // The user has logged out elsewhere meanwhile, or has signed in anew.
    const isLoggedOut = settings.key !== undefined && before?.refreshToken && entry.stored === null
    const isSignedIn = entry.stored?.refreshToken && entry.stored.refreshToken !== before?.refreshToken
    if (isLoggedOut || isSignedIn) return work(lease)
    await entry.write(token, lease !== undefined)
    return done('renewed', token)
  }

  const adoptNewer = async (): Promise<Token | undefined> => {
    const newer = await entry.findNewer()
    return newer && adopt(newer)
  }

  /** Where others renew too, one of them may have redeemed it, or be about to: used twice, it would end the login. */
  const isInDoubt = (refreshToken: string) => {
    const isOwn = slot.isUnsaved && refreshToken === slot.held?.token.refreshToken
    return store?.hasLock === true && (!lease || entry.stored === undefined) && !isOwn
  }

  const inDoubt = () => {
    const what = entry.stored === undefined ? 'nobody knows whether a token is stored' : 'others may be renewing, too'
    return oauthError(provider.name, 'TOKEN_UNAVAILABLE', `the store failed, so ${what}: try again later`)
  }

  const redeem = (refreshToken: string) => {
    if (isInDoubt(refreshToken)) throw inDoubt()
    return requests.byRefreshToken(refreshToken, entry.stored ?? slot.held?.token)
  }

  const request = async (): Promise<Token> => {
    const refresh = entry.nextRefreshToken()
    if (refresh && !(requests.byGrant && isInDoubt(refresh))) {
      const renewed = await redeem(refresh)
      if (renewed) return save(renewed)
      // Another process may have redeemed and rotated it first: then what it got is in the store.
      const newer = await entry.findRotated(refresh)
      if (newer) return adopt(newer)
      checkCurrent()
      if (isLockLost()) return underLock()
      const other = entry.stored?.refreshToken
      const retried = other && other !== refresh ? await redeem(other) : undefined
      if (retried) return save(retried)
      checkCurrent()
      if (isLockLost()) return underLock()
      // It is dead. What is left of the access token is still good.
      if (slot.held) slot.held = withoutRefreshToken(slot.held)
      if (entry.stored) await store?.delete(slot.key)
    }
    if (requests.byGrant) return save(await requests.byGrant())
    if (store && entry.stored === undefined) throw inDoubt()
    const why = refresh ? 'the refresh token is no longer good' : 'no token is stored'
    const what = `${why}, and ${grant.name} cannot get a token by itself: sign in again`
    throw oauthError(provider.name, 'TOKEN_MISSING', what, { error: refresh && 'invalid_grant' })
  }

  const work = async (granted?: Lease): Promise<Token> => {
    lease = granted
    // Whoever held the lock before may have done the work.
    let sibling = store?.hasLock ? await adoptNewer() : undefined
    // It granted the lock just now: what ailed it may be over.
    if (granted && entry.stored === undefined) sibling = await adoptNewer()
    if (sibling) return sibling
    // The store took its time, and a lock may have been granted when nobody waited any more.
    if (store) checkCurrent()
    return isLockLost() || isLockMissing() ? underLock() : request()
  }

  /** Whoever has the lock now may be redeeming the refresh token that was read. */
  const isLockLost = () => lease?.signal.aborted === true
  /** A store that failed for a moment is asked for its lock once more: without it, no refresh token is redeemed. */
  const isLockMissing = () =>
    !lease && entry.stored !== undefined && locks < 2 && entry.nextRefreshToken() !== undefined
  const underLock = () => {
    if (!store || entry.stored === undefined) return work()
    locks += 1
    return store.lock(slot.key, work, adoptNewer)
  }

  const sibling = await adoptNewer()
  if (sibling) return sibling
  const refused = reason === 'rejected' ? slot.held : undefined
  isRationed = refused !== undefined && slot.forcedRenewals.take()
  if (refused && !isRationed) {
    report({ type: 'throttled', why: 'forced-renewals' })
    return refused.token
  }
  try {
    return await underLock()
  } catch (error) {
    if (isRationed) slot.forcedRenewals.giveBack()
    throw error
  }
}

function withoutRefreshToken(held: Held): Held {
  const { refreshToken: _dead, ...token } = held.token
  return { ...held, token: Object.freeze(token) }
}
