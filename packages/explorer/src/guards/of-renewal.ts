import type { Guard } from './guard.ts'

const file = 'core/src/sharing/renewal.ts'

/** What `renewal.ts` checks before it sends a refresh token, and after an answer. */
export const ofRenewal: readonly Guard[] = [
  {
    name: 'under the lock, the store is read again',
    file,
    text: 'let newer = await view.read()\n      // The store granted',
    instead: 'let newer = undefined\n      // The store granted',
  },
  {
    name: 'a failed read under the lock is tried a second time',
    file,
    text: 'if (lease && view.stored === undefined) newer = await view.read()',
    instead: '',
  },
  { name: 'a newer token in the store is used', file, text: 'if (newer) return newer\n    }', instead: '}' },
  {
    name: 'after the wait for the lock, the renewal must still count',
    file,
    text: '    checkCurrent()\n    const refreshToken = findRefreshToken()',
    instead: '    const refreshToken = findRefreshToken()',
  },
  {
    name: 'with a lost lock, no refresh token is sent',
    file,
    text: '(isLost(lease) && isNeeded) ||',
    instead: '',
  },
  {
    name: 'a lock that failed is tried a second time',
    file,
    text: '|| (isLockMissing && refreshToken)',
    instead: '',
  },
  {
    name: 'a refresh token in doubt is not sent',
    file,
    text: 'if (refreshToken && isInDoubt(refreshToken, lease)) {',
    instead: 'if (false) {',
  },
  {
    name: 'in doubt: without a lock',
    file,
    text: '(!lease || view.stored === undefined) && !isOwn',
    instead: 'view.stored === undefined && !isOwn',
  },
  {
    name: 'in doubt: the store cannot be read',
    file,
    text: '(!lease || view.stored === undefined) && !isOwn',
    instead: '!lease && !isOwn',
  },
  {
    name: 'in doubt: it is written again, but others know it',
    file,
    text: ' && refreshToken !== state.stored?.refreshToken',
    instead: '',
  },
  { name: 'not in doubt: only this process knows it', file, text: ' && !isOwn', instead: '' },
  {
    name: 'a dead refresh token may have been rotated by another process',
    file,
    text: 'step = await findRotated(refreshToken, lease)',
    instead: '',
  },
  {
    name: 'a dead refresh token is not sent again',
    file,
    text: 'spend(state, grant, refreshToken)',
    instead: '',
  },
  {
    name: 'a dead refresh token is removed from the store',
    file,
    text: 'if (stored) await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))',
    instead: '',
  },
  {
    name: 'an unreadable store is no proof that no token is stored',
    file,
    text: 'if (view.stored === undefined) throw inDoubt()\n    throw signIn',
    instead: 'throw signIn',
  },
  {
    name: 'the process that rotated may still be writing',
    file,
    text: 'if (!newer && view.stored?.refreshToken === dead) newer = await pause(settings.storeTimeoutMs).then(view.read)',
    instead: '',
  },
  { name: 'rotated: a newer token is used', file, text: 'return newer ?? (isLost', instead: 'return (isLost' },
  {
    name: 'rotated: with a lost lock, it starts over',
    file,
    text: '(isLost(lease) || view.stored',
    instead: '(view.stored',
  },
  {
    name: 'rotated: it starts over with another refresh token',
    file,
    text: '(isLost(lease) || view.stored?.refreshToken !== dead ',
    instead: '(isLost(lease) ',
  },
  {
    name: 'only the dead refresh token is removed',
    file,
    text: 'await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))',
    instead: 'await store.set(state.key, withoutRefreshToken(stored))',
  },
  {
    name: 'a dead refresh token is removed from memory',
    file,
    text: 'if (state.cached) state.cached = { ...state.cached, token: withoutRefreshToken(state.cached.token) }',
    instead: '',
  },
  {
    name: "an application's token needs no lock that lasts",
    file,
    text: '(isLost(lease) && isNeeded)',
    instead: 'isLost(lease)',
  },
  {
    name: 'a lock that failed is tried a second time only',
    file,
    text: ' && view.stored !== undefined && !isLastLock',
    instead: ' && view.stored !== undefined',
  },
]
