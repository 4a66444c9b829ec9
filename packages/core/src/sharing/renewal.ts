import { oauthError, type OAuthError } from '../errors.ts'
import { withoutRefreshToken } from '../life/cached-token.ts'
import type { Settings } from '../life/options.ts'
import type { Attempt, Located, Renewal } from '../life/token-cache.ts'
import { spend } from '../life/state.ts'
import { createTokenRequest } from '../life/token-request.ts'
import { pause } from '../pause.ts'
import { redeem as redeemRefreshToken, signInAgain } from '../recovery/redeem.ts'
import type { Token } from '../token.ts'
import type { GuardedStore } from './guarded-store.ts'
import { renewInTurn, type Step } from './renew-in-turn.ts'
import type { Lease, Turn } from './run-under-lock.ts'
import { save } from './save.ts'
import { createStoreView } from './store-view.ts'
import { refreshTokenOf } from './stored.ts'

/**
 * Prepares a renewal over a store. It tries three things, in this order: a newer token in the store, the refresh token,
 * the grant.
 *
 * The new token is written before any call gets it. If that fails, it is in memory only.
 */
export function createRenewal(store: GuardedStore, settings: Settings, located: Located, attempt: Attempt): Renewal {
  const { state } = located
  const { checkCurrent } = attempt
  const view = createStoreView(store, state, attempt)
  const context = { store, settings, located, attempt, view }
  const sendRequest = createTokenRequest(settings, located, attempt)
  const { grant, timeoutMs } = settings
  const byGrant = grant.parameters && (() => sendRequest(async () => grant.parameters?.() ?? {}))
  const findRefreshToken = () => refreshTokenOf(view.stored, state, settings)

  const renewOnce = async (turn: Turn, isLastLock: boolean): Promise<Step> => {
    const { lease } = turn
    if (store.hasLock) {
      // The process that held the lock before may have renewed.
      let newer = await view.read()
      // The store granted the lock, so it seems to work again: a failed read is tried a second time.
      if (lease && view.stored === undefined) newer = await view.read()
      if (newer) return newer
    }
    // Waiting for the lock takes time. Perhaps no call waits for the token any more.
    checkCurrent()
    const refreshToken = findRefreshToken()
    // If the lock failed, it is tried a second time, because a shared refresh token is not used without it.
    const isLockMissing = store.hasLock && !lease && view.stored !== undefined && !isLastLock
    // A token that can simply be requested does not need the lock.
    const isNeeded = refreshToken !== undefined || !isLastLock
    if ((isLost(lease) && isNeeded) || (isLockMissing && refreshToken)) return 'again'

    if (refreshToken && isInDoubt(refreshToken, lease)) {
      if (!byGrant) throw inDoubt()
    } else if (refreshToken) {
      let step = await redeem(refreshToken, turn)
      if (!step) {
        // It is dead in any case, also if the answer came too late for this renewal.
        spend(state, grant, refreshToken)
        step = await findRotated(refreshToken, lease)
      }
      if (step) return step
      await dropRefreshToken()
    }
    if (byGrant) return save(context, await byGrant(), undefined, turn)
    if (view.stored === undefined) throw inDoubt()
    throw signInAgain(settings, (refreshToken ?? view.stored?.refreshToken) !== undefined)
  }

  /** Redeems a refresh token. Returns `undefined` if it is dead. */
  const redeem = async (refreshToken: string, turn: Turn): Promise<Step | undefined> => {
    // The token that has this refresh token: the other one can be of another login.
    const previous = [view.stored, state.cached?.token].find((one) => one?.refreshToken === refreshToken)
    const token = await redeemRefreshToken(settings, sendRequest, refreshToken, previous)
    return token && save(context, token, refreshToken, turn)
  }

  /**
   * Called when a refresh token is dead, because another process may have redeemed it. Looks for that process's token, or
   * starts over if the store has another refresh token.
   */
  const findRotated = async (dead: string, lease: Lease | undefined): Promise<Step | undefined> => {
    let newer = await view.read()
    // That process may still be writing its token.
    if (!newer && view.stored?.refreshToken === dead) newer = await pause(settings.storeTimeoutMs).then(view.read)
    return newer ?? (isLost(lease) || view.stored?.refreshToken !== dead ? 'again' : undefined)
  }

  /** Removes a dead refresh token. The access token is still valid until it expires. */
  const dropRefreshToken = async (): Promise<void> => {
    const { stored } = view
    if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }
    if (stored) await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))
  }

  /**
   * Whether another process could use the same refresh token, because the lock is missing or the store cannot be read.
   * Many servers end the login if a refresh token is used twice. A refresh token that only this process knows is always
   * safe. With a store that has no lock, there is nothing to wait for: always `false`.
   */
  const isInDoubt = (refreshToken: string, lease: Lease | undefined): boolean => {
    const isUnsaved = state.unsaved !== undefined && refreshToken === state.cached?.token.refreshToken
    // A refresh token that was in the store can be unsaved, because a late write replaced it: other processes may know it.
    const isOwn = isUnsaved && refreshToken !== state.stored?.refreshToken
    return store.hasLock && (!lease || view.stored === undefined) && !isOwn
  }

  const inDoubt = (): OAuthError => {
    const what = view.stored === undefined ? 'it is unknown whether a token is stored' : 'others may be renewing, too'
    const { name } = settings.provider
    return oauthError(name, 'TOKEN_UNAVAILABLE', `the store failed, so ${what}: try again later`)
  }

  return {
    readStore: view.read,
    request: () =>
      renewInTurn({
        store,
        state,
        attempt,
        view,
        round: (isLastLock) => (turn) => renewOnce(turn, isLastLock),
        isSimple: () => byGrant !== undefined && findRefreshToken() === undefined,
        patienceMs: Math.min(2000, timeoutMs / 4),
      }),
  }
}

/** Whether an entry holds the same dead refresh token as another one. */
const isDead = (dead: Token) => (current: Token | null) =>
  current !== null && current.refreshToken === dead.refreshToken

/** Whether the lock was lost. Then another process may use the refresh token that was read. */
const isLost = (lease: Lease | undefined): boolean => lease?.signal.aborted === true
