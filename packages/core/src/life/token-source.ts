import { retryAtOf } from './back-off.ts'
import { oauthError, failLate, isOAuthError } from '../errors.ts'
import type { RenewalReason, TokenEvent, TokenEventDetails } from '../events.ts'
import { guardStore } from '../sharing/guarded-store.ts'
import { hold, isAlive, type Held } from './lifetime.ts'
import type { Place } from '../sharing/place.ts'
import { rejectionOf } from '../request/rejection.ts'
import { renewToken } from '../sharing/renewal.ts'
import { createSearch } from '../sharing/locator.ts'
import { settle, type TokenSourceOptions } from './options.ts'
import { inTurn, type Slot } from './state.ts'
import { invalidReason, type GetTokenOptions, type Token, type TokenSource } from '../token.ts'
import { abortable, isPending, joinPending, toPending, withTimeout } from '../wait.ts'

/** A {@link TokenSource} that also takes a token from outside, and forgets. */
export type OwnTokenSource = TokenSource & {
  /** {@inheritDoc TokenSource.peek} */
  readonly peek: () => string | undefined
  /** {@inheritDoc TokenSource.isRejected} */
  readonly isRejected: (response: Response) => boolean | Promise<boolean>
  /**
   * Uses a token that was obtained elsewhere, after a login say; a renewal in flight is dropped for it.
   *
   * @throws `TypeError` if it is not a token; {@link OAuthError} `TOKEN_UNAVAILABLE` if the store failed, so that the
   * token is in memory only.
   */
  setToken(token: Token): Promise<void>
  /**
   * Forgets the token, at a log-out say; a renewal in flight does not bring it back. Calls that wait ask anew, as later
   * ones do: a grant that can get a token by itself gets another.
   *
   * @returns what was forgotten, be it over or not, so that it can be revoked at the server; `undefined` if there was none.
   * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the store failed, and may still hold the token.
   */
  clear(): Promise<Token | undefined>
}

/**
 * Makes a source of tokens: it gets one when the first call needs it, keeps it, renews it while it is still good, and
 * renews one that an API refused.
 *
 * Make it once, at module scope: without a `store`, sources do not know of each other.
 *
 * @throws `TypeError` if an option is missing or wrong.
 */
export function createTokenSource(options: TokenSourceOptions): OwnTokenSource {
  const settings = settle(options)
  const { provider, apis, exceptApis, timeoutMs, waitUntil } = settings
  const onEvent = settings.onEvent && reporter(provider.name, settings.onEvent)
  const report = onEvent ?? (() => {})
  const store = settings.store && guardStore(settings.store, settings.storeTimeoutMs, report)
  const search = createSearch(settings, report)

  const renew = ({ slot, credentials }: Place, reason: RenewalReason, rejected: string | undefined): Promise<Token> => {
    if (isPending(slot.pending)) return joinPending(slot.pending, () => getToken({ rejected }))
    // A token that is of no use any more is not waited for as long as one that is.
    if (slot.failure && reason === 'rejected') slot.failure = { ...slot.failure, reason }
    if (slot.failure && Date.now() < retryAtOf(slot)) {
      report({ type: 'throttled', why: 'back-off' })
      return Promise.reject(slot.failure.error)
    }
    // What is set or cleared meanwhile knows better than what comes of this; that it is late is no reason to lose it.
    const { version } = slot
    const isCurrent = () => slot.version === version
    const work = renewToken({ settings, slot, store, credentials, reason, rejected, isCurrent, report }).then((token) =>
      isCurrent() ? keep(slot, token) : getToken({ rejected }),
    )
    const promise: Promise<Token> = withTimeout(work, timeoutMs, () => failLate(provider.name, timeoutMs)).catch(
      (error: Error) => {
        if (slot.pending?.promise === promise) return fail(slot, reason, error)
        if (isCurrent()) throw error
        return getToken({ rejected })
      },
    )
    // Whoever waits sees an error; that nobody may be waiting any more is no reason to end the process.
    const quiet = promise.catch(() => {})
    slot.pending = toPending(promise, timeoutMs)
    try {
      waitUntil?.(quiet)
    } catch {
      // The platform's own matter: the renewal goes on.
    }
    return promise
  }

  const keep = (slot: Slot, token: Token): Token => {
    slot.held = token === slot.held?.token ? slot.held : hold(token, provider)
    slot.failure = slot.pending = undefined
    slot.version += 1
    return slot.held.token
  }

  const forget = (slot: Slot): void => {
    slot.held = slot.failure = slot.pending = undefined
    slot.isUnsaved = false
    slot.version += 1
  }

  const fail = (slot: Slot, reason: RenewalReason, error: Error): never => {
    // That nobody has signed in costs no request to find out, and may change at any moment.
    const isSignedOut = isOAuthError(error) && error.code === 'TOKEN_MISSING' && !error.error && !isAlive(slot.held)
    slot.failure = isSignedOut ? undefined : { error, reason, at: Date.now(), count: (slot.failure?.count ?? 0) + 1 }
    slot.pending = undefined
    report({ type: 'failed', reason, error, hasToken: isAlive(slot.held), retryAt: retryAtOf(slot) })
    throw error
  }

  const next = async (isBeside: boolean, rejected?: string): Promise<Token> => {
    const found = await search.find()
    const { held } = found.slot
    const isGood = isAlive(held) && held.token.accessToken !== rejected
    // Another source over the same store may have renewed meanwhile.
    if (isGood && !(isBeside && Date.now() >= held.renewAt)) return held.token
    const reason = isGood ? 'ageing' : isAlive(held) ? 'rejected' : held ? 'expired' : 'absent'
    const token = await renew(found, reason, rejected)
    search.place = found
    return token
  }

  /** The token in memory if it is good; its renewal starts beside it when it is ageing. */
  const current = (): Held | undefined => {
    const slot = search.place?.slot
    const held = slot?.held
    if (!slot || !isAlive(held)) return undefined
    const now = Date.now()
    if (now >= held.renewAt && !isPending(slot.pending) && now >= retryAtOf(slot)) next(true).catch(() => {})
    return held
  }

  const peek = (): string | undefined => {
    const held = current()
    if (held && onEvent) onEvent({ type: 'served', expiresAt: held.expiresAt })
    return held?.authorization
  }

  const getToken = async ({ rejected, signal }: GetTokenOptions = {}): Promise<Token> => {
    signal?.throwIfAborted()
    const held = current()
    if (held && held.token.accessToken !== rejected) {
      report({ type: 'served', expiresAt: held.expiresAt })
      return held.token
    }
    return abortable(next(false, rejected), signal)
  }

  return {
    apis,
    exceptApis,
    isRejected: rejectionOf(provider),
    getToken,
    peek,
    onEvent,
    setToken: async (token) => {
      const invalid = invalidReason(token)
      if (invalid) throw new TypeError(`setToken needs a token: its ${invalid}`)
      const { slot } = await search.find()
      slot.pending = undefined
      slot.version += 1
      const isStored = await inTurn(slot, async () => {
        const isWritten = store ? await store.set(slot.key, token) : true
        keep(slot, token)
        slot.isUnsaved = !isWritten
        return isWritten
      })
      if (!isStored)
        throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', 'the store failed, so the token is in memory only')
    },
    clear: async () => {
      const known = search.place?.slot
      const { held, isUnsaved } = known ?? {}
      if (known) forget(known)
      const { slot } = await search.find()
      forget(slot)
      let last = held?.token
      const isGone = await inTurn(slot, async () => {
        // Another process may have renewed it. Asked at once, so that no call finds it there in between.
        const reading = isUnsaved ? undefined : store?.get(slot.key)
        const isDeleted = store ? await store.delete(slot.key) : true
        last = (await reading) ?? last
        // Once more: meanwhile a call may have found the token in the store.
        forget(slot)
        return isDeleted
      })
      if (isGone) return last
      throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', 'the store failed, so the token may still be in it')
    },
  }
}

/** Names the provider in each event, and keeps what a handler throws from changing what happens. */
const reporter = (provider: string, onEvent: (event: TokenEvent) => void) => (event: TokenEventDetails) => {
  try {
    onEvent({ ...event, provider })
  } catch {
    // The handler's own matter.
  }
}
