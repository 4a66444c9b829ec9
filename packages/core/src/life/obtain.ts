import { answerMs } from '../endpoint/call-endpoint.ts'
import { failLate, isOAuthError, oauthError } from '../errors.ts'
import type { RenewalReason } from '../events.ts'
import { loadLater } from '../load-later.ts'
import { memberOf } from '../members.ts'
import type { Token } from '../token.ts'
import { isPending, joinPending, toPending, withTimeout } from '../wait.ts'
import { retryAt } from './back-off.ts'
import { currentInstant, isAlive, timeFor, type CachedToken, type Instant } from './cached-token.ts'
import { decide, type Need } from './decide.ts'
import { endTokens, remember, type TokenState } from './state.ts'
import type { Attempt, SourceData, Located, Outcome } from './token-cache.ts'
import { track } from './track.ts'

/** What a call without options needs. It has no prototype, so that a polluted one adds no member. */
export const anyToken: Need = Object.create(null) as Need

/** Returns the token in memory, if the call may use it. If a renewal is due, starts it in the background. */
export function serve(source: SourceData, need: Need = anyToken): CachedToken | undefined {
  const { state } = source
  if (!state) return undefined
  const now = Date.now()
  let { cached } = state
  // Nearly every call finds a fresh token. `renewAt` is never later than `expiresAt`, so there is no need to compare
  // with both.
  if (!cached || timeFor(cached, now) >= cached.renewAt || need.rejected || need.validForMs) {
    const decision = decide(state, need, now)
    if (decision.do !== 'serve') return undefined
    if (decision.isDue) obtain(source, anyToken, true).catch(() => {})
    cached = decision.cached
  }
  if (state.unsaved && performance.now() >= state.unsaved.retryAt) keepAwake(source, state.unsaved.retry())
  if (source.settings.onEvent) source.report({ type: 'served', expiresAt: cached.expiresAt })
  return cached
}

/** Gets a token if memory cannot serve the call at once. */
export const obtain = (source: SourceData, need: Need, isBackground = false): Promise<Token> =>
  track(source, locateAndObtain(source, need, isBackground))

async function locateAndObtain(source: SourceData, need: Need, isBackground: boolean): Promise<Token> {
  const located = await locate(source)
  const { state } = located
  const decision = decide(state, need, Date.now())
  // Another source over the same store may have renewed it meanwhile.
  if (decision.do === 'serve' && !(isBackground && decision.isDue)) return decision.cached.token
  if (decision.do === 'fail') {
    source.report({ type: 'throttled', why: 'back-off' })
    throw decision.error
  }
  const { redeeming } = state
  if (decision.do !== 'join' && redeeming) {
    // The renewal that sent a refresh token is overdue. If the process was frozen, its answer may have arrived meanwhile,
    // and is waited for. On Workers, it may never settle, because its request has ended.
    await withTimeout<unknown>(redeeming.promise, 500, () => {}).catch(() => {})
    if (state.redeeming === redeeming && !(state.failure && isPending(redeeming))) state.redeeming = undefined
    return again(source, need)
  }
  let renewing: Promise<Token>
  if (decision.do === 'join') {
    decision.pending.isAwaited = true
    renewing = joinPending(decision.pending, () => again(source, need))
  } else {
    renewing = start(source, located, decision.do === 'serve' ? 'ageing' : decision.reason, need)
    if (state.pending) state.pending.isAwaited = !isBackground
  }
  // A token that is too short for the call is better than none. So the wait for a longer one ends before the short one
  // expires.
  const now = Date.now()
  const short = isUsable(state.cached, need, now) ? state.cached : undefined
  const longestMs = short ? short.expiresAt - timeFor(short, now) - 500 : 0
  const longer = renewing
  if (short && longestMs > 0)
    renewing = withTimeout(longer, longestMs, () => (isUsable(short, need, Date.now()) ? short.token : longer))
  const token = await renewing.catch((error: unknown) => {
    const { cached } = state
    if (isUsable(cached, need, Date.now())) return cached.token
    throw error
  })
  // If the credentials have changed, the token is in another `TokenState`, and later calls use that one.
  source.state = state
  return token
}

const isUsable = (cached: CachedToken | undefined, { rejected }: Need, now: number): cached is CachedToken =>
  isAlive(cached, now) && cached.token.accessToken !== rejected

/** Tries again after the awaited renewal was replaced or did not finish in time. */
const again = async (source: SourceData, need: Need): Promise<Token> =>
  serve(source, need)?.token ?? obtain(source, need)

/** Finds the token's state. Reports an error only once, even if many calls get it. */
export async function locate(source: SourceData): Promise<Located> {
  try {
    return await source.locate(source)
  } catch (error) {
    if (source.locateError !== error) {
      source.locateError = error
      const now = Date.now()
      const hasToken = isAlive(source.state?.cached, now)
      const reason = hasToken ? 'ageing' : 'absent'
      source.report({ type: 'failed', reason, error: error as Error, hasToken, retryAt: now + 1000 })
    }
    throw error
  }
}

/**
 * Starts a renewal. Other callers that need the token wait for it. It has its own deadline, and ignores callers'
 * signals.
 */
function start(source: SourceData, located: Located, reason: RenewalReason, need: Need): Promise<Token> {
  const { state } = located
  const { provider, timeoutMs } = source.settings
  const { version } = state
  const startedAt = performance.now()
  // After setToken or clear, a running renewal no longer counts.
  const isCurrent = () => state.version === version
  const checkCurrent = () => {
    if (isCurrent() && performance.now() < startedAt + timeoutMs) return
    const description = 'the token was set or cleared, or the renewal came too late: try again'
    throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', description)
  }
  const checkLimit = () => checkTokenRequests(source, state)
  // A failed request is sent again only if a call waits for it, and only if the last renewal did not fail.
  const isFirst = !state.failure
  const mayBridge = () => isFirst && state.pending?.isAwaited === true
  let redeeming: TokenState['redeeming']
  const markRedeeming = () => {
    if (isCurrent()) state.redeeming = redeeming = { promise: work, deadline: performance.now() + answerMs }
  }
  let answered: Instant | undefined
  const markAnswered = () => {
    answered = currentInstant()
  }
  const { rejected } = need
  const attempt: Attempt = {
    reason,
    rejected,
    isCurrent,
    checkCurrent,
    checkLimit,
    mayBridge,
    markRedeeming,
    markAnswered,
  }

  /** Keeps the new token. After a timeout the work continues, and its token is for later calls. */
  const keep = ({ type, token }: Outcome): Token | undefined => {
    if (isCurrent()) return remember(state, token, provider, type === 'renewed' ? answered : undefined)
    // A token from the store can be that of a new sign-in elsewhere.
    if (type === 'renewed') discard(source, located, token)
    return undefined
  }
  const giveUp = (error: Error): Promise<Token> => {
    if (state.pending?.promise === promise) return fail(source, state, reason, error)
    // Another renewal replaced this one after the deadline.
    if (isCurrent()) throw error
    // A token was set, cleared or renewed meanwhile.
    return again(source, need)
  }
  const work = renew(source, located, attempt)
    .then(keep)
    .finally(() => {
      if (redeeming && state.redeeming === redeeming) state.redeeming = undefined
    })
  const promise: Promise<Token> = withTimeout(work, timeoutMs, () => failLate(provider.name, timeoutMs)).then(
    (token) => token ?? again(source, need),
    giveUp,
  )
  state.pending = toPending(promise, timeoutMs)
  if (source.settings.waitUntil) {
    const released = loadLater().then((part) => part?.whenReleased(state))
    keepAwake(source, released)
  }
  return promise
}

/** Ends a new token that a log-out made needless, even if it was stored, and revokes it: no call will use it. */
function discard({ settings }: SourceData, { state, credentials }: Located, token: Token): void {
  if (state.cached) return
  endTokens(state, token.accessToken, token.refreshToken)
  if (token.refreshToken === undefined || !settings.provider.revocationEndpoint) return
  void loadLater().then((part) => part?.revokeNeedless(settings, credentials, token))
}

/** Keeps a serverless platform awake while work runs. An error of the platform does not stop the work. */
function keepAwake({ settings }: SourceData, work: Promise<unknown>): void {
  try {
    settings.waitUntil?.(work)
  } catch {
    // The work continues for as long as the platform lets it.
  }
}

/** Reads the store first. If it has no newer token, sends a request to the token endpoint. */
async function renew(source: SourceData, located: Located, attempt: Attempt): Promise<Outcome> {
  const { report } = source
  const { cache, state } = located
  const startedAt = Date.now()
  const renewal = cache.renewal(source, located, attempt)

  let outcome = await renewal.readStore?.()
  if (!outcome && attempt.reason === 'rejected') {
    const part = await loadLater()
    // A sign-in or a log-out can have come meanwhile.
    attempt.checkCurrent()
    const rejected = state.cached?.token
    outcome = rejected && (await part?.renewRejected(state, rejected, renewal, report))
    // The caller sees that the token did not change, and returns the API's response.
    if (rejected && !outcome) return { type: 'adopted', token: rejected }
  }
  outcome ??= await renewal.request()
  const { type, token } = outcome
  const { expiresAt = Number.POSITIVE_INFINITY } = token
  report({ type, reason: attempt.reason, durationMs: Date.now() - startedAt, expiresAt })
  return outcome
}

/** Remembers a failure. Calls get it at once until the next attempt is due. */
function fail(source: SourceData, state: TokenState, reason: RenewalReason, error: Error): never {
  const now = Date.now()
  const hasToken = isAlive(state.cached, now)
  // The error that the user must sign in is not remembered. The next check needs no request, and the user can sign in
  // at any moment.
  const isSignedOut = isOAuthError(error) && error.code === 'TOKEN_MISSING' && !memberOf(error, 'error') && !hasToken
  const failure = { error, reason, at: now, count: (state.failure?.count ?? 0) + 1 }
  state.failure = isSignedOut ? undefined : failure
  state.pending = undefined
  const next = isSignedOut ? 0 : retryAt(failure, hasToken && reason !== 'rejected', now)
  source.report({ type: 'failed', reason, error, hasToken, retryAt: next })
  throw error
}

/**
 * Throws after too many successful requests in a minute, to stop loops that no other limit stops. Failed requests are
 * limited by the back-off.
 */
function checkTokenRequests({ settings, report }: SourceData, state: TokenState): void {
  const { provider, maxTokenRequestsPerMinute } = settings
  const now = Date.now()
  // An instant in the future is from before the clock was set back.
  state.grantedAt = state.grantedAt.filter((instant) => instant > now - 60_000 && instant <= now)
  if (state.grantedAt.length < maxTokenRequestsPerMinute) return
  report({ type: 'throttled', why: 'token-requests' })
  const what = `the server issued ${maxTokenRequestsPerMinute} tokens in a minute: find out why none of them lasts`
  throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what, { retryAt: (state.grantedAt[0] ?? 0) + 60_000 })
}
