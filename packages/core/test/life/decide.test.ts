import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decide, type Decision } from '../../src/life/decide.ts'
import { createState, type TokenState } from '../../src/life/state.ts'

const now = 1_000_000

beforeEach(() => void vi.spyOn(performance, 'now').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

/** A token in memory that is due for renewal, and that expires, in the given milliseconds. */
const cached = (renewIn: number, endsIn: number): Partial<TokenState> => ({
  cached: {
    token: { accessToken: 'current' },
    authorization: 'Bearer current',
    renewAt: now + renewIn,
    expiresAt: now + endsIn,
    lifetime: 100_000 + endsIn,
    clockOffset: Number.NEGATIVE_INFINITY,
  },
})

const fresh = cached(1, 2)
const ageing = cached(0, 1)
const expired = cached(-1, 0)

/** A running renewal whose deadline is in the given milliseconds. */
const renewing = (ms: number): Partial<TokenState> => ({
  pending: { promise: new Promise<never>(() => {}), deadline: ms },
})

/**
 * The third failure in a row, the given milliseconds ago. The next attempt is due 4 s after it while a token serves
 * calls, otherwise 1 s after it.
 */
const failed = (ms: number, reason: 'ageing' | 'rejected' = 'ageing'): Partial<TokenState> => ({
  failure: { error: new Error('down'), reason, at: now - ms, count: 3 },
})

type Row = readonly [what: string, state: Partial<TokenState>, rejected: string | undefined, decision: object]

const serve = (isDue: boolean) => ({ do: 'serve', isDue }) satisfies Partial<Decision>
const renew = (reason: string) => ({ do: 'renew', reason })
const join = { do: 'join' }
const fail = { do: 'fail', error: new Error('down') }

test.each<Row>([
  ['without a token, a call starts a renewal', {}, undefined, renew('absent')],
  ['without a token, a call joins a running renewal', renewing(1), undefined, join],
  [
    'without a token, a call starts a renewal if the running one is past its deadline',
    renewing(0),
    undefined,
    renew('absent'),
  ],
  ['without a token, a call fails within a second after a failure', failed(999), undefined, fail],
  ['without a token, a call starts a renewal one second after a failure', failed(1000), undefined, renew('absent')],
  [
    'without a token, a call joins a running renewal even after a failure',
    { ...failed(0), ...renewing(1) },
    undefined,
    join,
  ],
  [
    'without a token, a failure in the future, after the clock was set back, delays no renewal',
    failed(-1),
    undefined,
    renew('absent'),
  ],
  ['a fresh token is served', fresh, undefined, serve(false)],
  ['a fresh token is served if another one is rejected', fresh, 'older', serve(false)],
  ['a fresh token is renewed if it is rejected', fresh, 'current', renew('rejected')],
  ['with a rejected token, a call joins a running renewal', { ...fresh, ...renewing(1) }, 'current', join],
  [
    'with a rejected token, a call fails within a second after a failure',
    { ...fresh, ...failed(999) },
    'current',
    fail,
  ],
  [
    'with a rejected token, a call starts a renewal one second after a failure',
    { ...fresh, ...failed(1000) },
    'current',
    renew('rejected'),
  ],
  ['an ageing token is served, and a renewal is due', ageing, undefined, serve(true)],
  [
    'an ageing token is served without another renewal while one runs',
    { ...ageing, ...renewing(1) },
    undefined,
    serve(false),
  ],
  [
    'an ageing token is served, and a renewal is due if the running one is past its deadline',
    { ...ageing, ...renewing(0) },
    undefined,
    serve(true),
  ],
  [
    'an ageing token is served without a renewal less than 4 s after the third failure',
    { ...ageing, ...failed(3999) },
    undefined,
    serve(false),
  ],
  [
    'an ageing token is served, and a renewal is due 4 s after the third failure',
    { ...ageing, ...failed(4000) },
    undefined,
    serve(true),
  ],
  [
    'an ageing token is served without a renewal within a second after a forced renewal failed',
    { ...ageing, ...failed(999, 'rejected') },
    undefined,
    serve(false),
  ],
  [
    'an ageing token is served, and a renewal is due one second after a forced renewal failed',
    { ...ageing, ...failed(1000, 'rejected') },
    undefined,
    serve(true),
  ],
  ['an ageing token is renewed if it is rejected', ageing, 'current', renew('rejected')],
  ['an expired token is renewed', expired, undefined, renew('expired')],
  ['an expired token that is rejected is renewed with the reason expired', expired, 'current', renew('expired')],
  ['with an expired token, a call joins a running renewal', { ...expired, ...renewing(1) }, undefined, join],
  [
    'with an expired token, a call fails within a second after a failure',
    { ...expired, ...failed(999) },
    undefined,
    fail,
  ],
  [
    'with an expired token, a call starts a renewal one second after a failure',
    { ...expired, ...failed(1000) },
    undefined,
    renew('expired'),
  ],
])('%s', (_what, state, rejected, decision) => {
  expect(decide({ ...createState(''), ...state }, { rejected }, now)).toMatchObject(decision)
})

test('a decision holds the token, the renewal or the error that the call gets', () => {
  const state = { ...createState(''), ...fresh, ...renewing(1), ...failed(0) }
  expect(decide(state, {}, now)).toEqual({ do: 'serve', cached: state.cached, isDue: false })
  expect(decide(state, { rejected: 'current' }, now)).toEqual({ do: 'join', pending: state.pending })
  expect(decide({ ...state, pending: undefined }, { rejected: 'current' }, now)).toEqual({
    do: 'fail',
    error: state.failure?.error,
  })
})

const redeeming = { redeeming: { promise: new Promise<never>(() => {}), deadline: 60_000 } }

test.each<[string, Partial<TokenState>, object]>([
  ['without a token, a call fails', {}, fail],
  ['an ageing token is served without another renewal', ageing, serve(false)],
  ['a short token is served', { ...fresh }, serve(false)],
])('while a refresh token is still being redeemed after a failure, %s', (_what, state, decision) => {
  const all = { ...createState(''), ...failed(30_000), ...redeeming, ...state }
  expect(decide(all, { validForMs: 90_000 }, now)).toMatchObject(decision)
})

test('after the deadline of its response, a refresh token may be redeemed again', () => {
  const over = { redeeming: { ...redeeming.redeeming, deadline: 0 } }
  expect(decide({ ...createState(''), ...failed(30_000), ...over }, {}, now)).toMatchObject(renew('absent'))
})

test.each<[string, Partial<TokenState>, object]>([
  ['a call renews it, and waits', fresh, renew('ageing')],
  ['a call joins a running renewal', { ...fresh, ...renewing(1) }, join],
  ['a call gets it while the back-off is not over', { ...fresh, ...failed(3999) }, serve(false)],
  ['a call renews it after the back-off', { ...fresh, ...failed(4000) }, renew('ageing')],
])('if a token is too short for validForMs, %s', (_what, state, decision) => {
  expect(decide({ ...createState(''), ...state }, { validForMs: 90_000 }, now)).toMatchObject(decision)
})
