import type { RenewalReason } from '../events.ts'
import { createFamily } from '../lru.ts'
import type { Held } from './lifetime.ts'
import { createRation, type Ration } from './rate-limit.ts'
import type { TokenStore } from '../store.ts'
import type { Token } from '../token.ts'
import { isPending, withTimeout, type Pending } from '../wait.ts'

/** What all sources share that give the same token from the same store. */
export type Slot = {
  /** The key of the token in the store. */
  readonly key: string
  /** The token in memory. */
  held?: Held | undefined
  /** Whether the token in memory is newer than the one in the store, which could not be written. */
  isUnsaved?: boolean
  /** Counts what took the place of what was there before, so that a renewal knows that it was overtaken. */
  version: number
  /** The last write to the store; settles, unless whatever runs it is gone. */
  writing?: Promise<unknown>
  /** The renewal in flight; one that has not settled by its deadline is of no account any more. */
  pending?: Pending<Token> | undefined
  /** The last failure, until a success. */
  failure?: Failure | undefined
  /** Renewals that refusals may force. */
  readonly forcedRenewals: Ration
  /** When the tokens of late were granted, in milliseconds since the epoch. */
  grantedAt: readonly number[]
}

/** A failed renewal. */
type Failure = {
  readonly error: Error
  readonly reason: RenewalReason
  /** In milliseconds since the epoch. */
  readonly at: number
  /** How many there were in a row. */
  readonly count: number
}

/** Makes a slot with nothing in it. */
export const createSlot = (key: string): Slot => ({
  key,
  version: 0,
  forcedRenewals: createRation(3, 30_000),
  grantedAt: [],
})

// Under a global symbol, so that two copies of this package over one store join the same renewals.
const registry = Symbol.for('@oauthkit/core slots 1')
const families = ((globalThis as { [registry]?: WeakMap<TokenStore, (key: string) => Slot> })[registry] ??=
  new WeakMap())

/** The one slot of a key in a store; beyond 10,000 keys those that were longest unused are forgotten. */
export function slotOf(store: TokenStore, key: string): Slot {
  let family = families.get(store)
  if (!family) {
    family = createFamily(createSlot, 10_000, ({ pending }) => isPending(pending))
    families.set(store, family)
  }
  return family(key)
}

/** Writes after what is being written, since a store need not keep the order of what it is asked at the same time. */
export function inTurn<T>(slot: Slot, write: () => Promise<T>): Promise<T> {
  const turn = slot.writing ? withTimeout(slot.writing, 1000, () => {}).then(write) : write()
  slot.writing = turn.catch(() => {})
  return turn
}
