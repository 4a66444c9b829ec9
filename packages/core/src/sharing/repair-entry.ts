import type { Settings } from '../life/options.ts'
import type { TokenState } from '../life/state.ts'
import { whenSettled } from '../recovery/idle.ts'
import type { Token } from '../token.ts'
import type { GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import { markUnsaved } from './unsaved.ts'

/**
 * Repairs an entry after a late write. A write that takes too long counts as failed, but the store can still execute it
 * later. It then replaces what was written meanwhile, or stores a login again that a log-out has removed.
 *
 * @param written - what the late write has stored. `null` if it was a deletion.
 */
export function repairEntry(state: TokenState, store: GuardedStore, settings: Settings, written: Token | null): void {
  const isWritten = (current: Token | null | undefined): boolean =>
    current?.accessToken === written?.accessToken && current?.refreshToken === written?.refreshToken
  const repair = () => {
    const newest = state.cached?.token
    if (isWritten(newest)) {
      // It is in the store after all. Another attempt could replace what other processes have written since.
      if (newest) [state.unsaved, state.stored] = [undefined, newest]
      return
    }
    if (state.unsaved?.replaces(written) === true) return
    if (newest && (newest.refreshToken ?? written?.refreshToken) !== undefined)
      void markUnsaved(state, store, settings, newest, isWritten).retry()
    else if (!newest && state.stored === null) {
      void inTurn(state, async () => {
        if (isWritten((await store.get(state.key)) ?? null)) await store.delete(state.key)
      })
    }
  }
  // A running renewal, sign-in or log-out decides which token is the newest.
  void whenSettled(state).then(repair)
}
