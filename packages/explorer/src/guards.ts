/** A part of the code that keeps a rule. The explorer must notice if it is missing. */
export type Guard = {
  readonly name: string
  /** The file, below `packages`. */
  readonly file: string
  readonly text: string
  /** What stands there if the guard is missing. */
  readonly instead: string
}

const renewal = 'core/src/sharing/renewal.ts'
const save = 'core/src/sharing/save.ts'
const unsaved = 'core/src/sharing/unsaved.ts'
const stored = 'core/src/sharing/stored.ts'
const underLock = 'core/src/sharing/run-under-lock.ts'
const cache = 'core/src/sharing/shared-cache.ts'
const guarded = 'core/src/sharing/guarded-store.ts'

export const guards: readonly Guard[] = [
  {
    name: 'under the lock, the store is read again',
    file: renewal,
    text: 'let newer = await view.read()\n      // The store granted',
    instead: 'let newer = undefined\n      // The store granted',
  },
  {
    name: 'a failed read under the lock is tried a second time',
    file: renewal,
    text: 'if (lease && view.stored === undefined) newer = await view.read()',
    instead: '',
  },
  { name: 'a newer token in the store is used', file: renewal, text: 'if (newer) return newer\n    }', instead: '}' },
  {
    name: 'after the wait for the lock, the renewal must still count',
    file: renewal,
    text: '    checkCurrent()\n    const refreshToken = findRefreshToken()',
    instead: '    const refreshToken = findRefreshToken()',
  },
  {
    name: 'with a lost lock, no refresh token is sent',
    file: renewal,
    text: '(isLost(lease) && isNeeded) ||',
    instead: '',
  },
  {
    name: 'a lock that failed is tried a second time',
    file: renewal,
    text: '|| (isLockMissing && refreshToken)',
    instead: '',
  },
  {
    name: 'a refresh token in doubt is not sent',
    file: renewal,
    text: 'if (refreshToken && isInDoubt(refreshToken, lease)) {',
    instead: 'if (false) {',
  },
  {
    name: 'in doubt: without a lock',
    file: renewal,
    text: '(!lease || view.stored === undefined) && !isOwn',
    instead: 'view.stored === undefined && !isOwn',
  },
  {
    name: 'in doubt: the store cannot be read',
    file: renewal,
    text: '(!lease || view.stored === undefined) && !isOwn',
    instead: '!lease && !isOwn',
  },
  { name: 'not in doubt: only this process knows it', file: renewal, text: ' && !isOwn', instead: '' },
  {
    name: 'a dead refresh token may have been rotated by another process',
    file: renewal,
    text: 'step = await findRotated(refreshToken, turn)',
    instead: '',
  },
  {
    name: 'a dead refresh token is not sent again',
    file: renewal,
    text: 'spend(state, grant, refreshToken)',
    instead: '',
  },
  {
    name: 'a dead refresh token is removed from the store',
    file: renewal,
    text: 'if (stored) await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))',
    instead: '',
  },
  {
    name: 'an unreadable store is no proof that no token is stored',
    file: renewal,
    text: 'if (view.stored === undefined) throw inDoubt()\n    throw signIn',
    instead: 'throw signIn',
  },
  {
    name: 'the process that rotated may still be writing',
    file: renewal,
    text: 'if (!newer && view.stored?.refreshToken === dead) newer = await pause(settings.storeTimeoutMs).then(view.read)',
    instead: '',
  },
  {
    name: 'rotated: a newer token is used',
    file: renewal,
    text: 'if (newer) return newer\n    checkCurrent()',
    instead: 'checkCurrent()',
  },

  {
    name: 'a log-out, or another sign-in, is not overwritten',
    file: save,
    text: 'if (!isRedeemed) return !isReplaced(before, current, isUser) || earlier?.replaces(current) === true',
    instead: 'if (!isRedeemed) return true',
  },
  {
    name: 'a token that was not written is written again',
    file: save,
    text: "if (outcome === 'failed' && isCurrent()) {",
    instead: 'if (false) {',
  },
  {
    name: 'the lock is held until the token is written',
    file: save,
    text: 'hold((unsaved.held = unsaved.finish(lease)))',
    instead: 'void 0',
  },
  {
    name: 'a token is compared with what was read, not only written',
    file: save,
    text: 'await store.replace(state.key, isExpected, token)',
    instead: 'await store.set(state.key, token)',
  },

  {
    name: 'a token is written again as long as it is needed',
    file: unsaved,
    text: 'while (state.unsaved && !lease?.signal.aborted && performance.now() < endsAt) {',
    instead: 'while (false) {',
  },
  {
    name: 'the lock is held for the next unsaved token, too',
    file: unsaved,
    text: 'while (state.unsaved && !lease',
    instead: 'while (isNeeded() && !lease',
  },
  {
    name: 'a later write replaces only what it is meant for',
    file: unsaved,
    text: '(current) => isOurs(current) || replaces(current)',
    instead: '() => true',
  },
  {
    name: 'a write whose answer was lost counts',
    file: unsaved,
    text: 'isOurs(current) || replaces(current)',
    instead: 'replaces(current)',
  },

  {
    name: 'without a lock, the renewal continues',
    file: underLock,
    text: 'await runOnce().catch(() => {})',
    instead: '',
  },
  {
    name: 'the wait for a lock has an end',
    file: underLock,
    text: 'if (patienceMs !== undefined) {',
    instead: 'if (false) {',
  },
  {
    name: 'a result in the store ends the wait for the lock',
    file: underLock,
    text: 'const found = outcome ? undefined : await reread()',
    instead: 'const found = undefined',
  },

  {
    name: 'a rejected token is not taken from the store',
    file: stored,
    text: '|| stored.accessToken === attempt.rejected ',
    instead: '',
  },
  {
    name: 'an ended token is not taken from the store',
    file: stored,
    text: ' || ended.includes(stored.accessToken)) return false',
    instead: ') return false',
  },
  {
    name: 'an expired token is not taken from the store',
    file: stored,
    text: 'if (endOf(stored) <= time) return false',
    instead: '',
  },
  {
    name: 'an unsaved refresh token comes first',
    file: stored,
    text: '(state.unsaved ? (own ?? theirs) : (theirs ?? other))',
    instead: '(theirs ?? other)',
  },
  {
    name: "the store's refresh token comes first",
    file: stored,
    text: '(state.unsaved ? (own ?? theirs) : (theirs ?? other))',
    instead: '(own ?? theirs)',
  },
  {
    name: 'memory does not bring a login back that is gone',
    file: stored,
    text: 'isUsers(settings) && stored === null ? undefined : own',
    instead: 'own',
  },
  {
    name: 'an ended refresh token is not sent',
    file: stored,
    text: 'found !== undefined && state.ended.includes(found) ? undefined : found',
    instead: 'found',
  },
  {
    name: 'a log-out elsewhere counts',
    file: stored,
    text: 'isUser && before?.refreshToken !== undefined && now === null',
    instead: 'false',
  },
  {
    name: 'a sign-in elsewhere counts',
    file: stored,
    text: 'return isLoggedOut || isSignedIn === true',
    instead: 'return isLoggedOut',
  },

  {
    name: 'a log-out forgets what calls have read meanwhile',
    file: cache,
    text: '        forget(state)\n        return { last, isGone }',
    instead: '        return { last, isGone }',
  },
  {
    name: 'a late write is repaired',
    file: guarded,
    text: "if (isLate && operation !== 'get' && done !== false) onLate(key, written)",
    instead: '',
  },
  {
    name: 'an operation of the store has a time limit',
    file: guarded,
    text: 'await withTimeout(Promise.resolve().then(work), timeoutMs, late)',
    instead: 'await Promise.resolve().then(work)',
  },
  {
    name: 'an entry is compared while it is written',
    file: guarded,
    text: 'const mayWrite = invalid !== undefined || isExpected(read)',
    instead: 'const mayWrite = true',
  },

  {
    name: 'the answer to a refresh token is read to its end',
    file: 'core/src/endpoint/call-endpoint.ts',
    text: '(isOnce ? withTimeout(work, answerMs - timeoutMs, giveUp) : giveUp())',
    instead: 'giveUp()',
  },
  {
    name: 'a refresh token is not sent a second time',
    file: 'core/src/life/token-request.ts',
    text: '() => isOnce, sentAt',
    instead: '() => false, sentAt',
  },
  {
    name: 'only invalid_grant ends a refresh token',
    file: 'core/src/recovery/redeem.ts',
    text: "return grant.parameters !== undefined || memberOf(error, 'error') === 'invalid_grant'",
    instead: "return memberOf(error, 'error') === 'invalid_grant'",
  },
  {
    name: 'a clock that is set back does not prolong a token',
    file: 'core/src/life/cached-token.ts',
    text: 'Math.max(now, receivedAt + performance.now() - receivedAtMonotonic)',
    instead: 'now',
  },
  {
    name: 'a clock that is set while a token is stored does not prolong it',
    file: 'core/src/life/cached-token.ts',
    text: 'requested ?? currentInstant()',
    instead: 'currentInstant()',
  },
  {
    name: 'a lifetime does not begin at a clock that was set',
    file: 'core/src/endpoint/call-endpoint.ts',
    text: 'Math.min(sentAt, Math.ceil(Date.now() - (performance.now() - started)))',
    instead: 'sentAt',
  },
  {
    name: 'a lease ends by the own clock',
    file: 'redis/src/lease.ts',
    text: 'if (untilEnd() === 0) lose()',
    instead: '',
  },
  {
    name: 'a lock that may have been granted is released',
    file: 'redis/src/lock.ts',
    text: 'release(key, owner).catch(() => {})\n      throw error',
    instead: 'throw error',
  },
  {
    name: 'only the dead refresh token is removed',
    file: renewal,
    text: 'await store.replace(state.key, isDead(stored), withoutRefreshToken(stored))',
    instead: 'await store.set(state.key, withoutRefreshToken(stored))',
  },
  {
    name: 'an unsaved token is newer than the stored one',
    file: stored,
    text: '|| unsaved || stored',
    instead: '|| stored',
  },
  {
    name: 'a replaced entry ends the unsaved state',
    file: 'core/src/sharing/store-view.ts',
    text: 'if (attempt.isCurrent() && state.unsaved?.replaces(stored) === false) state.unsaved = undefined',
    instead: '',
  },
]
