import type { Settings } from '../life/options.ts'
import { spend } from '../life/state.ts'
import type { Attempt, Located } from '../life/token-cache.ts'
import { revokeNeedless } from '../recovery/revoke-needless.ts'
import type { Token } from '../token.ts'
import type { GuardedStore } from './guarded-store.ts'
import { inTurn } from './in-turn.ts'
import type { Step } from './renew-in-turn.ts'
import type { Turn } from './run-under-lock.ts'
import type { StoreView } from './store-view.ts'
import { isOlderThan, isReplaced, isUsers } from './stored.ts'
import { markUnsaved } from './unsaved.ts'

/** What a renewal over a store works with. */
export type Context = {
  readonly store: GuardedStore
  readonly settings: Settings
  readonly located: Located
  readonly attempt: Attempt
  readonly view: StoreView
}

/**
 * Writes a new token, unless another process changed the entry meanwhile.
 *
 * If the store fails, callers get the token nevertheless, and it is written again. If it has a refresh token, the lock is
 * held meanwhile, because the next process would use the dead refresh token that is still stored.
 *
 * @param redeemed - the refresh token that was redeemed for it.
 */
export async function save(
  { store, settings, located, attempt: { isCurrent }, view }: Context,
  token: Token,
  redeemed: string | undefined,
  { lease, hold }: Turn,
): Promise<Step> {
  const { state, credentials } = located
  const before = view.stored ?? state.stored
  const isUser = isUsers(settings)
  const isEarlier = isOlderThan(token, before, isUser)
  const { unsaved: earlier } = state
  // A server that rotates has ended this refresh token.
  if (redeemed !== undefined && token.refreshToken !== redeemed && isCurrent()) spend(state, settings.grant, redeemed)
  const isExpected = (current: Token | null): boolean => {
    const isRedeemed = redeemed !== undefined && current?.refreshToken === redeemed
    if (!isRedeemed) return !isReplaced(before, current, isUser) || earlier?.replaces(current) === true
    // A redeemed refresh token is dead, unless the server returned it again. Then another process can have used it, too.
    return token.refreshToken !== redeemed || isEarlier(current)
  }
  const isLogin = (token.refreshToken ?? before?.refreshToken) !== undefined
  if (!isLogin && view.stored !== undefined && isCurrent()) {
    const newer = await view.read()
    if (newer) return newer
    if (!isExpected(view.stored ?? null)) return 'again'
  }
  let outcome = await inTurn(state, async () => {
    // After `setToken` or `clear`, nothing is written.
    if (!isCurrent()) return 'written'
    const written = isLogin ? await store.replace(state.key, isExpected, token) : await store.set(state.key, token)
    if (written === 'written' && isCurrent()) [state.unsaved, state.stored] = [undefined, token]
    return written
  })
  if (outcome === 'changed') {
    const newer = await view.read()
    if (newer) return newer
    if (view.stored === null) revokeNeedless(settings, credentials, token)
    if (view.stored !== undefined) return 'again'
    // What replaced the entry cannot be read. The new token must not get lost.
    outcome = 'failed'
  }
  if (outcome === 'failed' && isCurrent()) {
    const unsaved = markUnsaved(state, store, settings, token, isLogin ? isExpected : isEarlier)
    if (lease && token.refreshToken !== undefined) hold((unsaved.held = unsaved.finish(lease)))
  }
  return { type: 'renewed', token }
}
