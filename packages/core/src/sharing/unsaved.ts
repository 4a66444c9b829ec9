import type { Settings } from '../life/options.ts'
import { remember, type TokenState, type Unsaved } from '../life/state.ts'
import type { Token } from '../token.ts'
import { pause } from '../pause.ts'
import { isPending } from '../wait.ts'
import type { GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import type { Lease } from './run-under-lock.ts'

/** How often, and for how long, a token is written again, in milliseconds. */
const everyMs = 250
const longestMs = 60_000

/** How long one attempt may take, in milliseconds. */
const longestAttemptMs = 10_000

/**
 * Marks that a token could not be written. It is written again, one write at a time: by `finish` every 250 ms, for a
 * minute at most, and by calls after 1, 2, 4, and then every 5 s.
 *
 * If the entry is no longer the expected one, another process has written a newer token, or has logged the user out. Then
 * the attempts end, and a newer token is used.
 */
export function markUnsaved(
  state: TokenState,
  store: GuardedStore,
  settings: Settings,
  token: Token,
  isExpected: (current: Token | null) => boolean,
): Unsaved & { readonly finish: (lease?: Lease) => Promise<void> } {
  let failures = 0
  /** Until when an attempt may be running. On Workers, it never settles if its request has ended. */
  let writingUntil = 0
  const earlier = state.unsaved
  const nextRetry = () => {
    failures += 1
    return performance.now() + Math.min(1000 * 2 ** (failures - 1), 5000)
  }
  let retryAt = nextRetry()

  // Two late writes can each mark the same token. One write of it is enough.
  const isNeeded = () => state.unsaved?.token === token

  const retry = async (): Promise<void> => {
    if (performance.now() < writingUntil) return
    writingUntil = performance.now() + longestAttemptMs
    const outcome = await inTurn(state, async () =>
      isNeeded() ? store.replace(state.key, (current) => isOurs(current) || replaces(current), token) : 'failed',
    )
    writingUntil = 0
    retryAt = nextRetry()
    if (!isNeeded() || outcome === 'failed') return
    // The same token was marked again: that mark decides which entry it may replace.
    if (outcome === 'changed' && state.unsaved !== unsaved) return
    state.unsaved = undefined
    if (outcome === 'written') state.stored = token
    else await adopt()
  }

  /** An attempt whose answer was lost may have written the token. */
  const isOurs = (current: Token | null) =>
    current?.accessToken === token.accessToken && current.refreshToken === token.refreshToken

  /** The token may also replace the entry that an earlier unsaved token was to replace. */
  const replaces = (current: Token | null): boolean =>
    !isOurs(current) && (isExpected(current) || earlier?.replaces(current) === true)

  /** Uses the token that another process has written. */
  const adopt = async () => {
    const other = await store.get(state.key)
    if (other !== undefined) state.stored = other
    if (other && isOurs(state.cached?.token ?? null) && !isPending(state.pending)) {
      remember(state, other, settings.provider)
    }
  }

  const finish = async (lease?: Lease): Promise<void> => {
    const endsAt = performance.now() + longestMs
    if (!lease) await retry()
    // A token that this process renews meanwhile is not in the store either. The lock is held for that one, too.
    while (state.unsaved && !lease?.signal.aborted && performance.now() < endsAt) {
      retryAt = Number.POSITIVE_INFINITY
      // oxlint-disable-next-line no-await-in-loop -- one write at a time
      await pause(everyMs, lease !== undefined)
      await (state.unsaved as Unsaved | undefined)?.retry()
    }
    failures = 0
    retryAt = nextRetry()
  }

  const unsaved = {
    token,
    get retryAt() {
      return retryAt
    },
    replaces,
    retry,
    finish,
    held: earlier?.held,
  }
  state.unsaved = unsaved
  return unsaved
}
