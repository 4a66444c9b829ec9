import type { Guard } from './guard.ts'

const underLock = 'core/src/sharing/run-under-lock.ts'

/** What is checked about locks, clocks and the token endpoint. */
export const ofOthers: readonly Guard[] = [
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
    name: 'if the grant can start over, each refusal ends a refresh token',
    file: 'core/src/recovery/redeem.ts',
    text: "return grant.parameters !== undefined || memberOf(error, 'error') === 'invalid_grant'",
    instead: "return memberOf(error, 'error') === 'invalid_grant'",
  },
  {
    name: 'a clock that is set back does not prolong a token',
    file: 'core/src/life/cached-token.ts',
    text: 'Math.max(now, clockOffset + performance.now())',
    instead: 'now',
  },
  {
    name: 'a clock that is set while a token is stored does not prolong it',
    file: 'core/src/life/cached-token.ts',
    text: 'answered ?? currentInstant()',
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
]
