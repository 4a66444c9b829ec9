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

/** What a step of a renewal comes to; `again`: what it started from has changed, so it starts over. */
type Step = Outcome | 'again'

/**
 * Prepares a renewal over a store: the newer token that another process has put there, else one from the token endpoint, by
 * refresh token if there is one, else by the grant. It is in the store before any call gets it.
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
  /** What the store had when it was read last. */
  let stored: Stored

  /** Reads the store, and adopts what is newer than the token in memory. */
  const readStore = async (): Promise<Outcome | undefined> => {
    stored = await store.get(state.key)
    return isNewer(stored, state, attempt) ? adopt(stored) : undefined
  }

  const adopt = (token: Token): Outcome => {
    if (isCurrent()) state.isUnsaved = false
    return { type: 'adopted', token }
  }

  /** Renews under the lock, until nothing that it started from was lost or changed meanwhile. */
  const request = async (): Promise<Outcome> => {
    for (let locks = 0; ;) {
      const mayLock = stored !== undefined
      if (mayLock) locks += 1
      const work = (lease?: Lease) => renewOnce(lease, locks)
      // oxlint-disable-next-line no-await-in-loop -- the lock is given back before it is taken again
      const step = mayLock ? await store.lock<Step>(state.key, work, readStore) : await work()
      if (step !== 'again') return step
    }
  }

  const renewOnce = async (lease: Lease | undefined, locks: number): Promise<Step> => {
    if (store.hasLock) {
      // The process that held the lock before may have renewed.
      let newer = await readStore()
      // The store just granted the lock, so a failed read is tried once more.
      if (lease && stored === undefined) newer = await readStore()
      if (newer) return newer
    }
    // The store took its time, and a lock may have been granted when no call waited any more.
    checkCurrent()
    const refreshToken = refreshTokenOf(stored, state, isUser)
    // A store that failed for a moment is asked for its lock once more: without it, no refresh token is redeemed.
    const isLockMissing = store.hasLock && !lease && stored !== undefined && locks < 2
    if (isLost(lease) || (isLockMissing && refreshToken)) return 'again'

    if (refreshToken && !(byGrant && isInDoubt(refreshToken, lease))) {
      const step = (await redeem(refreshToken, lease)) ?? (await findRotated(refreshToken, lease))
      if (step) return step
      // It is dead. The rest of the access token's life is still good.
      if (state.cached) state.cached = withoutRefreshToken(state.cached)
      if (stored) await store.delete(state.key)
    }
    if (byGrant) return save(await byGrant(), lease)
    if (stored === undefined) throw inDoubt()
    throw signInAgain(settings, refreshToken !== undefined)
  }

  /** Redeems a refresh token; `undefined` if it is dead. */
  const redeem = async (refreshToken: string, lease: Lease | undefined): Promise<Step | undefined> => {
    if (isInDoubt(refreshToken, lease)) throw inDoubt()
    const token = await byRefreshToken(refreshToken, stored ?? state.cached?.token)
    return token && save(token, lease)
  }

  /** Looks for what came of a refresh token that is dead: another process may have redeemed it first. */
  const findRotated = async (dead: string, lease: Lease | undefined): Promise<Step | undefined> => {
    let newer = await readStore()
    // That process may be writing what it got only now.
    if (!newer && stored?.refreshToken === dead) newer = await pause().then(readStore)
    if (newer) return newer
    checkCurrent()
    if (isLost(lease)) return 'again'
    const other = stored?.refreshToken
    const step = other && other !== dead ? await redeem(other, lease) : undefined
    if (step) return step
    checkCurrent()
    return isLost(lease) ? 'again' : undefined
  }

  /** Writes what was granted over what was there before, and over nothing else: another process may know better. */
  const save = async (token: Token, lease: Lease | undefined): Promise<Step> => {
    const before = stored
    const newer = before !== undefined && isCurrent() ? await readStore() : undefined
    if (newer) return newer
    if (isReplaced(before, stored, isUser)) return 'again'
    await inTurn(state, async () => {
      const write = async () => (isCurrent() ? store.set(state.key, token) : undefined)
      let isWritten = await write()
      // The connection may be back, and those who wait for the lock would redeem the refresh token that is dead now.
      if (isWritten === false && lease && token.refreshToken !== undefined) isWritten = await pause().then(write)
      if (isWritten !== undefined) state.isUnsaved = !isWritten
    })
    return { type: 'renewed', token }
  }

  /** Where others renew too, one of them may have redeemed it, or be about to. Redeemed twice, it would end the login. */
  const isInDoubt = (refreshToken: string, lease: Lease | undefined): boolean => {
    const isOwn = state.isUnsaved && refreshToken === state.cached?.token.refreshToken
    return store.hasLock && (!lease || stored === undefined) && !isOwn
  }

  const inDoubt = (): OAuthError => {
    const what = stored === undefined ? 'nobody knows whether a token is stored' : 'others may be renewing, too'
    const { name } = settings.provider
    return oauthError(name, 'TOKEN_UNAVAILABLE', `the store failed, so ${what}: try again later`)
  }

  /** Waits as long as the store may take. */
  const pause = () => withTimeout(new Promise<void>(() => {}), settings.storeTimeoutMs, () => {})

  return { readStore, request }
}

/** The process that has the lock now may be redeeming the refresh token that was read. */
const isLost = (lease: Lease | undefined): boolean => lease?.signal.aborted === true
