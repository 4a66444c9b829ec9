import type { Guard } from './guard.ts'

const save = 'core/src/sharing/save.ts'
const unsaved = 'core/src/sharing/unsaved.ts'
const stored = 'core/src/sharing/stored.ts'
const cache = 'core/src/sharing/shared-cache.ts'
const guarded = 'core/src/sharing/guarded-store.ts'

/** What is checked when an entry is read, written, and compared. */
export const ofStore: readonly Guard[] = [
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
    text: 'state.unsaved ? [own, theirs, start] : [theirs, other, start]',
    instead: '[theirs, other, start]',
  },
  {
    name: "the store's refresh token comes first",
    file: stored,
    text: 'state.unsaved ? [own, theirs, start] : [theirs, other, start]',
    instead: '[own, theirs, start]',
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
    text: 'one !== undefined && !state.ended.includes(one)',
    instead: 'one !== undefined',
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
  {
    name: 'what is adopted after a failed write was in the store',
    file: unsaved,
    text: 'if (other !== undefined) state.stored = other',
    instead: '',
  },
]
