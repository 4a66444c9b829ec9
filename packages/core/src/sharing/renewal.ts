import { oauthError, type OAuthError } from '../errors.ts'
import { withoutRefreshToken } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { Attempt, Located, Outcome, Renewal } from '../life/token-cache.ts'
import { createTokenRequests, signInAgain } from '../life/token-requests.ts'
import type { Token } from '../token.ts'
import { withTimeout } from '../wait.ts'
import type { GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import type { Lease } from './run-under-lock.ts'
import { isNewer, isReplaced, refreshTokenOf, type Stored } from './stored.ts'

/** The result of one round. `again` means: start over. */
type Step = Outcome | 'again'

/**
 * Prepares a renewal over a store. It tries three things, in this order: a newer token in the store, the refresh token,
 * the grant.
 *
 * The new token is written before any call gets it. If that fails, it is in memory only.
 */
export function createRenewal(
  store: GuardedStore,
  settings: Settings,
  { state, credentials }: Located,
  attempt: Attempt,
): Renewal {
  const { isCurrent, checkCurrent } = attempt
  const { byGrant, byRefreshToken } = createTokenRequests(settings, state, credentials, attempt)
  const isUser = settings.key !== undefined
  /** The entry that the last `readStore` read. */
  let stored: Stored

  /** Reads the store, and returns its token if that is newer than the one in memory. */
  const readStore = async (): Promise<Outcome | undefined> => {
    stored = await store.get(state.key)
    if (!isNewer(stored, state, attempt)) return undefined
    if (isCurrent()) state.isUnsaved = false
    return { type: 'adopted', token: stored }
  }

  /** Renews under the lock. Starts over if the lock was lost, or the stored token was replaced. */
  const request = async (): Promise<Outcome> => {
    let locks = 0
    for (;;) {
      // If the store cannot be read, a wait for its lock makes no sense.
      const mayLock = stored !== undefined
      if (mayLock) locks += 1
      const isLastLock = locks >= 2
      const work = (lease?: Lease) => renewOnce(lease, isLastLock)
      // oxlint-disable-next-line no-await-in-loop -- the lock is released before it is taken again
      const step = mayLock ? await store.lock<Step>(state.key, work, readStore) : await work()
      if (step !== 'again') return step
    }
  }

  const renewOnce = async (lease: Lease | undefined, isLastLock: boolean): Promise<Step> => {
    if (store.hasLock) {
      // The process that held the lock before may have renewed.
      let newer = await readStore()
      // The store granted the lock, so it seems to work again: a failed read is tried a second time.
      if (lease && stored === undefined) newer = await readStore()
      if (newer) return newer
    }
    // Waiting for the lock takes time. Perhaps no call waits for the token any more.
    checkCurrent()
    const refreshToken = refreshTokenOf(stored, state, isUser)
    // If the lock failed, it is tried a second time, because a shared refresh token is not used without it.
    const isLockMissing = store.hasLock && !lease && stored !== undefined && !isLastLock
    if (isLost(lease) || (isLockMissing && refreshToken)) return 'again'

    if (refreshToken && isInDoubt(refreshToken, lease)) {
      if (!byGrant) throw inDoubt()
    } else if (refreshToken) {
      const step = (await redeem(refreshToken, lease)) ?? (await findRotated(refreshToken, lease))
      if (step) return step
      // The refresh token is dead. The access token is still valid until it expires.
      if (state.cached) state.cached = withoutRefreshToken(state.cached)
      if (stored) await store.delete(state.key)
    }
    if (byGrant) return save(await byGrant(), lease)
    if (stored === undefined) throw inDoubt()
    throw signInAgain(settings, refreshToken !== undefined)
  }

  /** Redeems a refresh token. Returns `undefined` if it is dead. */
  const redeem = async (refreshToken: string, lease: Lease | undefined): Promise<Step | undefined> => {
    const token = await byRefreshToken(refreshToken, stored ?? state.cached?.token)
    return token && save(token, lease)
  }

  /**
   * Called when a refresh token is dead, because another process may have redeemed it. Looks for that process's token,
   * or redeems its newer refresh token.
   */
  const findRotated = async (dead: string, lease: Lease | undefined): Promise<Step | undefined> => {
    let newer = await readStore()
    // That process may still be writing its token.
    if (!newer && stored?.refreshToken === dead) newer = await pause().then(readStore)
    if (newer) return newer
    checkCurrent()
    if (isLost(lease)) return 'again'
    const other = stored?.refreshToken
    if (!other || other === dead) return undefined
    if (isInDoubt(other, lease)) throw inDoubt()
    const step = await redeem(other, lease)
    if (step) return step
    checkCurrent()
    return isLost(lease) ? 'again' : undefined
  }

  /** Writes the new token. It reads the store again first, and does not write if another process changed the entry. */
  const save = async (token: Token, lease: Lease | undefined): Promise<Step> => {
    const before = stored
    const newer = before !== undefined && isCurrent() ? await readStore() : undefined
    if (newer) return newer
    if (isReplaced(before, stored, isUser)) return 'again'
    await inTurn(state, async () => {
      const write = async () => (isCurrent() ? store.set(state.key, token) : undefined)
      let isWritten = await write()
      // A failed write is tried again before the lock is released. Otherwise the next process would use the dead
      // refresh token.
      if (isWritten === false && lease && token.refreshToken !== undefined) isWritten = await pause().then(write)
      if (isWritten !== undefined) state.isUnsaved = !isWritten
    })
    return { type: 'renewed', token }
  }

  /**
   * Whether another process could use the same refresh token, because the lock is missing or the store cannot be read.
   * Many servers end the login if a refresh token is used twice. A refresh token that only this process knows is always
   * safe.
   */
  const isInDoubt = (refreshToken: string, lease: Lease | undefined): boolean => {
    const isOwn = state.isUnsaved && refreshToken === state.cached?.token.refreshToken
    return store.hasLock && (!lease || stored === undefined) && !isOwn
  }

  const inDoubt = (): OAuthError => {
    const what = stored === undefined ? 'it is unknown whether a token is stored' : 'others may be renewing, too'
    const { name } = settings.provider
    return oauthError(name, 'TOKEN_UNAVAILABLE', `the store failed, so ${what}: try again later`)
  }

  /** Waits as long as one operation of the store may take. */
  const pause = () => withTimeout(new Promise<void>(() => {}), settings.storeTimeoutMs, () => {})

  return { readStore, request }
}

/** Whether the lock was lost. Then another process may use the refresh token that was read. */
const isLost = (lease: Lease | undefined): boolean => lease?.signal.aborted === true
