import { expect, test } from 'vitest'
import { decide, type Decision } from '../../src/life/decide.ts'
import { createState, type TokenState } from '../../src/life/state.ts'

const now = 1_000_000

/** A token that is to be renewed, and ends, so many milliseconds from now. */
const cached = (renewIn: number, endsIn: number): Partial<TokenState> => ({
  cached: {
    token: { accessToken: 'current' },
    authorization: 'Bearer current',
    renewAt: now + renewIn,
    expiresAt: now + endsIn,
  },
})

const fresh = cached(1, 2)
const ageing = cached(0, 1)
const expired = cached(-1, 0)

/** A renewal that is waited for so many milliseconds more. */
const renewing = (ms: number): Partial<TokenState> => ({
  pending: { promise: new Promise<never>(() => {}), deadline: now + ms },
})

/** The third failure in a row, so many milliseconds ago: the next attempt is due after 4 s while a token serves calls, else after 1 s. */
const failed = (ms: number, reason: 'ageing' | 'rejected' = 'ageing'): Partial<TokenState> => ({
  failure: { error: new Error('down'), reason, at: now - ms, count: 3 },
})

type Row = readonly [what: string, state: Partial<TokenState>, rejected: string | undefined, decision: object]

const serve = (isDue: boolean) => ({ do: 'serve', isDue }) satisfies Partial<Decision>
const renew = (reason: string) => ({ do: 'renew', reason })
const join = { do: 'join' }
const fail = { do: 'fail', error: new Error('down') }

test.each<Row>([
  ['no token', {}, undefined, renew('absent')],
  ['no token, and a renewal in flight', renewing(1), undefined, join],
  ['no token, and a renewal that is gone with its request', renewing(0), undefined, renew('absent')],
  ['no token, and a failure just now', failed(999), undefined, fail],
  ['no token, and a failure a second ago', failed(1000), undefined, renew('absent')],
  ['no token, a failure just now, and a renewal in flight', { ...failed(0), ...renewing(1) }, undefined, join],
  ['no token, and a failure of the future, since the clock was set back', failed(-1), undefined, renew('absent')],
  ['a fresh token', fresh, undefined, serve(false)],
  ['a fresh token, while another one is rejected', fresh, 'older', serve(false)],
  ['a fresh token that is rejected', fresh, 'current', renew('rejected')],
  ['a rejected token, and a renewal in flight', { ...fresh, ...renewing(1) }, 'current', join],
  ['a rejected token, and a failure just now', { ...fresh, ...failed(999) }, 'current', fail],
  ['a rejected token, and a failure a second ago', { ...fresh, ...failed(1000) }, 'current', renew('rejected')],
  ['an ageing token', ageing, undefined, serve(true)],
  ['an ageing token, and a renewal in flight', { ...ageing, ...renewing(1) }, undefined, serve(false)],
  ['an ageing token, and a renewal that is gone', { ...ageing, ...renewing(0) }, undefined, serve(true)],
  ['an ageing token, and a failure just now', { ...ageing, ...failed(3999) }, undefined, serve(false)],
  ['an ageing token, and a failure 4 s ago', { ...ageing, ...failed(4000) }, undefined, serve(true)],
  [
    'an ageing token whose forced renewal failed just now',
    { ...ageing, ...failed(999, 'rejected') },
    undefined,
    serve(false),
  ],
  [
    'an ageing token whose forced renewal failed a second ago',
    { ...ageing, ...failed(1000, 'rejected') },
    undefined,
    serve(true),
  ],
  ['an ageing token that is rejected', ageing, 'current', renew('rejected')],
  ['an expired token', expired, undefined, renew('expired')],
  ['an expired token that is rejected', expired, 'current', renew('expired')],
  ['an expired token, and a renewal in flight', { ...expired, ...renewing(1) }, undefined, join],
  ['an expired token, and a failure just now', { ...expired, ...failed(999) }, undefined, fail],
  ['an expired token, and a failure a second ago', { ...expired, ...failed(1000) }, undefined, renew('expired')],
])('%s', (_what, state, rejected, decision) => {
  expect(decide({ ...createState(''), ...state }, rejected, now)).toMatchObject(decision)
})

test('what is decided is what the call gets: the token, the renewal, the error', () => {
  const state = { ...createState(''), ...fresh, ...renewing(1), ...failed(0) }
  expect(decide(state, undefined, now)).toEqual({ do: 'serve', cached: state.cached, isDue: false })
  expect(decide(state, 'current', now)).toEqual({ do: 'join', pending: state.pending })
  expect(decide({ ...state, pending: undefined }, 'current', now)).toEqual({ do: 'fail', error: state.failure?.error })
})
