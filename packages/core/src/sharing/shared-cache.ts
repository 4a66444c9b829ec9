import { isAlive } from '../life/cached-token.ts'
import { forget, remember } from '../life/state.ts'
import type { SourceData, TokenCache } from '../life/token-cache.ts'
import type { TokenStore } from '../store.ts'
import { guardStore, type GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import { createLocator } from './locator.ts'
import { createRenewal } from './renewal.ts'
import { repairEntry } from './repair-entry.ts'
import { stateOf } from './state-of.ts'
import { isOlderThan, isUsers } from './stored.ts'
import { markUnsaved } from './unsaved.ts'

/**
 * Keeps a token in a store, and shares it and its renewals with all sources that use that store.
 *
 * @returns a function that finds the token.
 */
export function createSharedCache(
  rawStore: TokenStore,
  { settings, clientId, clientSecret, report }: Pick<SourceData, 'settings' | 'clientId' | 'clientSecret' | 'report'>,
): SourceData['locate'] {
  const store: GuardedStore = guardStore(rawStore, settings, report, (key, written) =>
    repairEntry(stateOf(rawStore, key), store, settings, written),
  )
  const find = createLocator(settings, { clientId, clientSecret }, rawStore)

  const cache: TokenCache = {
    renewal: (_source, located, attempt) => createRenewal(store, settings, located, attempt),

    set: (_source, state, token) =>
      inTurn(state, async () => {
        // Reads and writes together. If the write fails, the entry that it was to replace should be known.
        const reading = store.get(state.key)
        const isWritten = (await store.set(state.key, token)) === 'written'
        const before = isWritten ? undefined : await reading
        remember(state, token, settings.provider)
        state.unsaved = undefined
        if (isWritten) state.stored = token
        else {
          // An entry that this process itself has tried to remove says nothing about a log-out elsewhere.
          const isUser = isUsers(settings) && !(before && state.ended.includes(before.accessToken))
          markUnsaved(state, store, settings, token, isOlderThan(token, before, isUser))
        }
        return isWritten
      }),

    clear: (_source, state, wasUnsaved) =>
      inTurn(state, async () => {
        // Reads and deletes together. The stored token can be newer than the one in memory, and is then returned.
        const reading = wasUnsaved ? undefined : store.get(state.key)
        const isGone = await store.delete(state.key)
        if (isGone) state.stored = null
        const last = (await reading) ?? undefined
        // Forgets it again, because a call may have read the token from the store meanwhile.
        forget(state)
        return { last, isGone }
      }),
  }

  return async (source) => {
    const { state, credentials } = await find()
    // If the credentials changed, the old token serves calls until there is a new one.
    if (!isAlive(source.state?.cached, Date.now()) || state.cached) source.state = state
    return { cache, state, credentials }
  }
}
