import type { RenewalReason } from '../events.ts'
import type { GuardedStore } from './guarded-store.ts'
import type { Settings } from '../life/options.ts'
import { inTurn, type Slot } from '../life/state.ts'
import type { Token } from '../token.ts'
import { withTimeout } from '../wait.ts'

/** Whose entry it is, and what it is looked at for. */
export type EntryOptions = {
  readonly settings: Settings
  readonly slot: Slot
  readonly store: GuardedStore | undefined
  readonly reason: RenewalReason
  /** The token that an API refused. */
  readonly rejected: string | undefined
  /** Whether nothing has taken this renewal's place; what was overtaken must not write. */
  readonly isCurrent: () => boolean
}

/** What the store has under a renewal's key, beside what is in memory. */
export type Entry = {
  /** As it was read last: `null` if there is none, `undefined` if nobody knows. */
  readonly stored: Token | null | undefined
  /** Looks sideways. While a token is in use, only one that outlives it is newer. */
  readonly findNewer: () => Promise<Token | undefined>
  /** Looks sideways after a refresh token turned out dead. */
  readonly findRotated: (dead: string) => Promise<Token | undefined>
  /** The refresh token to redeem, out of the store or of memory. */
  readonly nextRefreshToken: () => string | undefined
  /** Writes a token, unless it was overtaken, and once more if others wait for what can be redeemed once only. */
  readonly write: (token: Token, isAwaited: boolean) => Promise<void>
}

/** Makes the entry of a renewal; nothing of it has been read yet. */
export function createEntry({ settings, slot, store, reason, rejected, isCurrent }: EntryOptions): Entry {
  let stored: Token | null | undefined

  const findNewer = async (): Promise<Token | undefined> => {
    stored = await store?.get(slot.key)
    if (!stored || stored.accessToken === rejected || endOf(stored) <= Date.now()) return undefined
    const mustOutlive = reason === 'ageing' || slot.isUnsaved
    return mustOutlive && slot.held && endOf(stored) <= slot.held.expiresAt ? undefined : stored
  }

  /** As long as the store may take. */
  const pause = () => withTimeout(new Promise<void>(() => {}), settings.storeTimeoutMs, () => {})

  return {
    get stored() {
      return stored
    },
    findNewer,
    findRotated: async (dead) => {
      const newer = await findNewer()
      // Whoever rotated it, without a lock or with one that was lost, may be writing what it got only now.
      if (newer || stored?.refreshToken !== dead) return newer
      await pause()
      return findNewer()
    },
    nextRefreshToken: () => {
      // A user whose entry is gone has logged out, maybe elsewhere: what is in memory must not bring the entry back.
      const isLoggedOut = settings.key !== undefined && stored === null
      const own = isLoggedOut && !slot.isUnsaved ? undefined : slot.held?.token.refreshToken
      // What could not be saved is older than what others saved since.
      const isOwnNewer = slot.isUnsaved && !(stored && slot.held && endOf(stored) > slot.held.expiresAt)
      return isOwnNewer ? (own ?? stored?.refreshToken) : (stored?.refreshToken ?? own)
    },
    write: (token, isAwaited) =>
      inTurn(slot, async () => {
        const write = async () => (isCurrent() ? store?.set(slot.key, token) : undefined)
        let isWritten = await write()
        // A connection that broke may be there again, and those who wait would redeem what is dead.
        if (isWritten === false && isAwaited && token.refreshToken !== undefined) isWritten = await pause().then(write)
        if (isWritten !== undefined) slot.isUnsaved = !isWritten
      }),
  }
}

/** When a token ends, in milliseconds since the epoch. */
export const endOf = ({ expiresAt = Number.POSITIVE_INFINITY }: Token): number => expiresAt
