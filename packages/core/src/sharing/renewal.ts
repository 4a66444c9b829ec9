import { oauthError, type OAuthError } from '../errors.ts'
import { withoutRefreshToken } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { Attempt, Located, Outcome, Renewal } from '../life/token-cache.ts'
import { redeem as redeemRefreshToken, signInAgain } from '../recovery/redeem.ts'
import { revokeNeedless } from '../recovery/revoke-needless.ts'
import { createTokenRequest } from '../life/token-request.ts'
import type { Token } from '../token.ts'
import { pause } from '../pause.ts'
import type { GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import type { Lease, Work } from './run-under-lock.ts'
import { isNewer, isOlderThan, isReplaced, refreshTokenOf, type Stored } from './stored.ts'
import { markUnsaved } from './unsaved.ts'

/** The result of one round. `again` means: start over. */
type Step = Outcome | 'again'

type Hold = Parameters<Work<Step>>[1]

/**
 * Prepares a renewal over a store. It tries three things, in this order: a newer token in the store, the refresh token,
 * the grant.
 *
 * The new token is written before any call gets it. If that fails, it is in memory only.
 */
export function createRenewal(store: GuardedStore, settings: Settings, located: Located, attempt: Attempt): Renewal {
  const { state, credentials } = located
  const { isCurrent, checkCurrent } = attempt
  const sendRequest = createTokenRequest(settings, located, attempt)
  const { grant } = settings
  const byGrant = grant.parameters && (() => sendRequest(async () => grant.parameters?.() ?? {}))
  const isUser = settings.key !== undefined
  /** The entry that the last `readStore` read: `null` if there is none, `undefined` if the store could not be read. */
  let stored: Stored

  /** Reads the store, and returns its token if that is newer than the one in memory. */
  const readStore = async (): Promise<Outcome | undefined> => {
    stored = await store.get(state.key)
    if (stored !== undefined) {
      state.stored = stored
      // Another process wrote a newer token, or logged the user out.
      if (isCurrent() && state.unsaved?.replaces(stored) === false) state.unsaved = undefined
    }
    return isNewer(stored, state, attempt) ? { type: 'adopted', token: stored } : undefined
  }

  /**
   * Renews under the lock. Starts over if the lock was lost, or the stored token was replaced.
   *
   * A token that can simply be requested is not worth a long wait, because the holder of the lock may be dead. After a
   * while, it is requested under a second lock, then under a third one, so that never all processes request it at once.
   * If the store does not answer about two locks in a row, it is requested without one.
   */
  const request = async (): Promise<Outcome> => {
    let locks = 0
    let number = 1
    let silentLocks = 0
    for (;;) {
      // If the store cannot be read, a wait for its lock makes no sense.
      const mayLock = stored !== undefined && silentLocks < 2
      if (mayLock) locks += 1
      const isLastLock = locks >= 2
      const work: Work<Step> = (lease, hold) => renewOnce(lease, hold, isLastLock)
      const isSimple = byGrant !== undefined && refreshTokenOf(stored, state, isUser) === undefined
      const key = number > 1 ? `${state.key}:${number}` : state.key
      // oxlint-disable no-await-in-loop -- the lock is released before it is taken again
      const step = mayLock
        ? await store.lock(key, work, readStore, isSimple ? patienceMs : undefined)
        : await work(undefined, () => {})
      if (step === 'again') {
        // A store can lose each lock as soon as it grants it.
        if (locks > 2) await pause(250)
        continue
      }
      if (step.type !== 'busy') return step
      number += 1
      silentLocks = step.isSilent ? silentLocks + 1 : 0
      checkCurrent()
      const newer = await readStore()
      if (newer) return newer
      // oxlint-enable no-await-in-loop
    }
  }

  const renewOnce = async (lease: Lease | undefined, hold: Hold, isLastLock: boolean): Promise<Step> => {
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
      const step = (await redeem(refreshToken, lease, hold)) ?? (await findRotated(refreshToken, lease, hold))
      if (step) return step
      // The refresh token is dead. The access token is still valid until it expires.
      if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }
      if (stored) await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))
    }
    if (byGrant) return save(await byGrant(), undefined, lease, hold)
    if (stored === undefined) throw inDoubt()
    throw signInAgain(settings, refreshToken !== undefined)
  }

  /** Redeems a refresh token. Returns `undefined` if it is dead. */
  const redeem = async (refreshToken: string, lease: Lease | undefined, hold: Hold): Promise<Step | undefined> => {
    const token = await redeemRefreshToken(settings, sendRequest, refreshToken, stored ?? state.cached?.token)
    return token && save(token, refreshToken, lease, hold)
  }

  /**
   * Called when a refresh token is dead, because another process may have redeemed it. Looks for that process's token,
   * or redeems its newer refresh token.
   */
  const findRotated = async (dead: string, lease: Lease | undefined, hold: Hold): Promise<Step | undefined> => {
    let newer = await readStore()
    // That process may still be writing its token.
    if (!newer && stored?.refreshToken === dead) newer = await pause(settings.storeTimeoutMs).then(readStore)
    if (newer) return newer
    checkCurrent()
    if (isLost(lease)) return 'again'
    const other = stored?.refreshToken
    if (!other || other === dead) return undefined
    if (isInDoubt(other, lease)) throw inDoubt()
    const step = await redeem(other, lease, hold)
    if (step) return step
    checkCurrent()
    return isLost(lease) ? 'again' : undefined
  }

  /**
   * Writes the new token, unless another process changed the entry meanwhile.
   *
   * If the store fails, callers get the token nevertheless, and it is written again. If it has a refresh token, the lock
   * is held meanwhile, because the next process would use the dead refresh token that is still stored.
   *
   * @param redeemed - the refresh token that was redeemed for it, which is dead.
   */
  const save = async (
    token: Token,
    redeemed: string | undefined,
    lease: Lease | undefined,
    hold: Hold,
  ): Promise<Step> => {
    const before = stored ?? state.stored
    const isExpected = (current: Token | null) =>
      (redeemed !== undefined && current?.refreshToken === redeemed) || !isReplaced(before, current, isUser)
    const isLogin = (token.refreshToken ?? before?.refreshToken) !== undefined
    if (!isLogin && stored !== undefined && isCurrent()) {
      const newer = await readStore()
      if (newer) return newer
      if (!isExpected(stored ?? null)) return 'again'
    }
    const isWritten = await inTurn(state, async () => {
      if (!isCurrent()) return true
      const written = isLogin
        ? await store.replace(state.key, isExpected, token)
        : (await store.set(state.key, token)) || undefined
      if (written && isCurrent()) [state.unsaved, state.stored] = [undefined, token]
      return written
    })
    if (isWritten === false) {
      const newer = await readStore()
      if (newer) return newer
      if (stored === null) revokeNeedless(settings, credentials, token)
      return 'again'
    }
    if (isWritten === undefined && isCurrent()) {
      const unsaved = markUnsaved(state, store, settings, token, isLogin ? isExpected : isOlderThan(token, before))
      if (lease && token.refreshToken !== undefined) hold((unsaved.held = unsaved.finish(lease)))
    }
    return { type: 'renewed', token }
  }

  /**
   * Whether another process could use the same refresh token, because the lock is missing or the store cannot be read.
   * Many servers end the login if a refresh token is used twice. A refresh token that only this process knows is always
   * safe.
   */
  const isInDoubt = (refreshToken: string, lease: Lease | undefined): boolean => {
    const isOwn = state.unsaved !== undefined && refreshToken === state.cached?.token.refreshToken
    return store.hasLock && (!lease || stored === undefined) && !isOwn
  }

  const inDoubt = (): OAuthError => {
    const what = stored === undefined ? 'it is unknown whether a token is stored' : 'others may be renewing, too'
    const { name } = settings.provider
    return oauthError(name, 'TOKEN_UNAVAILABLE', `the store failed, so ${what}: try again later`)
  }

  const patienceMs = Math.min(2000, settings.timeoutMs / 4)

  return { readStore, request }
}

/** Whether an entry holds the same dead refresh token as another one. */
const isDead = (dead: Token) => (current: Token | null) =>
  current !== null && current.refreshToken === dead.refreshToken

/** Whether the lock was lost. Then another process may use the refresh token that was read. */
const isLost = (lease: Lease | undefined): boolean => lease?.signal.aborted === true
