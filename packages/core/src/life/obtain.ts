import { failLate, isOAuthError, oauthError } from '../errors.ts'
import type { RenewalReason } from '../events.ts'
import type { Token } from '../token.ts'
import { joinPending, toPending, withTimeout } from '../wait.ts'
import { retryAt } from './back-off.ts'
import { isAlive, type CachedToken } from './cached-token.ts'
import { decide } from './decide.ts'
import { createRateLimit, returnPermit, takePermit } from './rate-limit.ts'
import { remember, type TokenState } from './state.ts'
import type { Attempt, Life, Located } from './token-cache.ts'

/** Gives the token in memory, if a call may use it. A renewal that is due starts in the background. */
export function serve(life: Life, rejected?: string): CachedToken | undefined {
  const { state } = life
  if (!state) return undefined
  const now = Date.now()
  let { cached } = state
  // What nearly every call finds: a fresh token. It ends later than it is to be renewed.
  if (!cached || now >= cached.renewAt || cached.token.accessToken === rejected) {
    const decision = decide(state, rejected, now)
    if (decision.do !== 'serve') return undefined
    if (decision.isDue) obtain(life, undefined, true).catch(() => {})
    cached = decision.cached
  }
  if (life.settings.onEvent) life.report({ type: 'served', expiresAt: cached.expiresAt })
  return cached
}

/** Gets a token that memory could not give at once; `rejected` is one that an API rejected. */
export async function obtain(life: Life, rejected?: string, isBackground = false): Promise<Token> {
  const located = await locate(life)
  const decision = decide(located.state, rejected, Date.now())
  // Another source over the same store may have renewed it meanwhile.
  if (decision.do === 'serve' && !(isBackground && decision.isDue)) return decision.cached.token
  if (decision.do === 'fail') {
    life.report({ type: 'throttled', why: 'back-off' })
    throw decision.error
  }
  const token = await (decision.do === 'join'
    ? joinPending(decision.pending, () => again(life, rejected))
    : start(life, located, decision.do === 'serve' ? 'ageing' : decision.reason, rejected))
  // The credentials may have changed. Then the token is in another state, which serves later calls.
  life.state = located.state
  return token
}

/** Gets a token once more: the renewal that was waited for was overtaken, or gave no answer in time. */
const again = async (life: Life, rejected: string | undefined): Promise<Token> =>
  serve(life, rejected)?.token ?? obtain(life, rejected)

/** Finds the token's state; what keeps it from being found is told once. */
export async function locate(life: Life): Promise<Located> {
  try {
    return await life.locate(life)
  } catch (error) {
    if (life.locateError !== error) {
      life.locateError = error
      const now = Date.now()
      const hasToken = isAlive(life.state?.cached, now)
      const reason = hasToken ? 'ageing' : 'absent'
      life.report({ type: 'failed', reason, error: error as Error, hasToken, retryAt: now + 1000 })
    }
    throw error
  }
}

/** Starts a renewal, which all callers join that need the token meanwhile. It has its own deadline, and no caller's signal. */
function start(life: Life, located: Located, reason: RenewalReason, rejected: string | undefined): Promise<Token> {
  const { state } = located
  const { provider, timeoutMs, waitUntil } = life.settings
  const { version } = state
  const startedAt = Date.now()
  // setToken and clear win over a renewal in flight.
  const isCurrent = () => state.version === version
  const checkCurrent = () => {
    if (isCurrent() && Date.now() < startedAt + timeoutMs) return
    throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', 'the renewal was overtaken: ask again')
  }
  const checkLimit = () => checkTokenRequests(life, state)

  // After a time-out the work goes on. Its token is still kept for later calls.
  const work = renew(life, located, { reason, rejected, isCurrent, checkCurrent, checkLimit }).then((token) =>
    isCurrent() ? remember(state, token, provider) : again(life, rejected),
  )
  const promise: Promise<Token> = withTimeout(work, timeoutMs, () => failLate(provider.name, timeoutMs)).catch(
    (error: Error) => {
      if (state.pending?.promise === promise) return fail(life, state, reason, error)
      // Another renewal took its place after the deadline.
      if (isCurrent()) throw error
      // A token was set, cleared or renewed meanwhile.
      return again(life, rejected)
    },
  )
  state.pending = toPending(promise, timeoutMs)
  try {
    waitUntil?.(promise.catch(() => {}))
  } catch {
    // The platform's own matter: the renewal goes on.
  }
  return promise
}

/** Looks into the store first. If it has no newer token, asks the token endpoint. */
async function renew(life: Life, located: Located, attempt: Attempt): Promise<Token> {
  const { report } = life
  const { cache, state } = located
  const startedAt = Date.now()
  const renewal = cache.renewal(life, located, attempt)

  let outcome = await renewal.readStore?.()
  if (!outcome) {
    const rejected = attempt.reason === 'rejected' ? state.cached : undefined
    // An API that rejects every token must not cost a token request for each call.
    const limit = rejected && (state.forcedRenewals ??= createRateLimit(startedAt))
    if (rejected && limit && !takePermit(limit, Date.now())) {
      report({ type: 'throttled', why: 'forced-renewals' })
      // The caller sees that the token did not change, and lets the API's answer through.
      return rejected.token
    }
    try {
      outcome = await renewal.request()
    } catch (error) {
      if (limit) returnPermit(limit)
      throw error
    }
    if (limit && outcome.type === 'adopted') returnPermit(limit)
  }
  const { type, token } = outcome
  const { expiresAt = Number.POSITIVE_INFINITY } = token
  report({ type, reason: attempt.reason, durationMs: Date.now() - startedAt, expiresAt })
  return token
}

/** Remembers a failure, so that calls get it at once until the next attempt is due. */
function fail(life: Life, state: TokenState, reason: RenewalReason, error: Error): never {
  const now = Date.now()
  const hasToken = isAlive(state.cached, now)
  // A missing sign-in costs no request to find out, and may change at any moment.
  const isSignedOut = isOAuthError(error) && error.code === 'TOKEN_MISSING' && !error.error && !hasToken
  const failure = { error, reason, at: now, count: (state.failure?.count ?? 0) + 1 }
  state.failure = isSignedOut ? undefined : failure
  state.pending = undefined
  const next = isSignedOut ? 0 : retryAt(failure, hasToken && reason !== 'rejected', now)
  life.report({ type: 'failed', reason, error, hasToken, retryAt: next })
  throw error
}

/** A limit against loops that no other rule foresaw. Requests that fail have the back-off. */
function checkTokenRequests({ settings, report }: Life, state: TokenState): void {
  const { provider, maxTokenRequestsPerMinute } = settings
  const minuteAgo = Date.now() - 60_000
  state.grantedAt = state.grantedAt.filter((instant) => instant > minuteAgo)
  if (state.grantedAt.length < maxTokenRequestsPerMinute) return
  report({ type: 'throttled', why: 'token-requests' })
  const what = `${maxTokenRequestsPerMinute} tokens were granted in a minute: find out why none of them lasts`
  throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what, { retryAt: (state.grantedAt[0] ?? 0) + 60_000 })
}
