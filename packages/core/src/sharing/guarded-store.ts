import { createRedactor } from '../failure/redactor.ts'
import type { TokenEventDetails } from '../events.ts'
import type { Settings } from '../life/options.ts'
import type { TokenStore } from '../store.ts'
import { invalidReason } from '../invalid-reason.ts'
import { memberOf } from '../members.ts'
import { endOf, type Token } from '../token.ts'
import { withTimeout } from '../wait.ts'
import { describeError } from './describe-error.ts'
import { runUnderLock, type Busy, type Work } from './run-under-lock.ts'
import { replaceBySet } from './replace-by-set.ts'
import type { Stored } from './stored.ts'

/** Runs an operation of a store. Without a `value`, it failed, or took too long. */
export type Guard = <T>(
  operation: 'get' | 'set' | 'delete',
  work: () => T,
  token?: Token,
) => Promise<{ value?: Awaited<T> }>

type StoreFailure = Extract<TokenEventDetails, { type: 'store-failed' }>

/** The result of a write. `changed`: nothing was written, because the entry is not the expected one. */
type Written = 'written' | 'changed' | 'failed'

/** A store that never throws, and never makes a call wait long. An event reports each failure. */
export type GuardedStore = {
  /** Reads a token. A value that is not a token counts as none. */
  get(key: string): Promise<Stored>
  /** Writes a token. Without a refresh token, the entry expires with the token. */
  set(key: string, token: Token): Promise<'written' | 'failed'>
  /** Writes a token like `set`, but only over an expected entry. An entry that is not a token is always expected. */
  replace(key: string, isExpected: (current: Token | null) => boolean, token: Token): Promise<Written>
  /** Removes a token. Returns `false` if that failed. */
  delete(key: string): Promise<boolean>
  /** See {@link runUnderLock}. If the store has no lock, the work runs without a lease. */
  lock<T>(
    key: string,
    work: Work<T>,
    reread: () => Promise<T | undefined>,
    patienceMs: number | undefined,
  ): Promise<T | Busy>
  /** Whether the store has a lock. */
  readonly hasLock: boolean
}

/**
 * Guards a store. Each operation may take `storeTimeoutMs`, not counting the wait for a lock.
 *
 * @param onLate - called when a write succeeds after it has counted as failed. See `repairEntry`.
 */
export function guardStore(
  store: TokenStore,
  { storeTimeoutMs: timeoutMs, entryTtlMs }: Pick<Settings, 'storeTimeoutMs' | 'entryTtlMs'>,
  report: (failure: StoreFailure) => void,
  onLate: (key: string, written: Token | null) => void,
): GuardedStore {
  const fail = (operation: StoreFailure['operation'], message: string, isRefreshTokenAtRisk = false) =>
    report({ type: 'store-failed', operation, message, isRefreshTokenAtRisk })

  const guard: Guard = async (operation, work, token) => {
    try {
      const late = () => {
        throw new Error(`no answer within ${timeoutMs} ms`)
      }
      return { value: await withTimeout(Promise.resolve().then(work), timeoutMs, late) }
    } catch (error) {
      fail(operation, harmless(error, token), operation === 'set' && token?.refreshToken !== undefined)
      return {}
    }
  }

  /** Makes a guard for the writes under a key. It also notices if a write succeeds after its time limit. */
  const guardWrites =
    (key: string, written: Token | null): Guard =>
    async (operation, work, token) => {
      let isLate = false
      const watched = () => {
        const running = Promise.resolve(work())
        const tell = (done: unknown) => {
          if (isLate && operation !== 'get' && done !== false) onLate(key, written)
        }
        running.then(tell, () => {})
        return running
      }
      const answer = await guard(operation, watched, token)
      isLate = !('value' in answer)
      return answer
    }

  const remove = async (key: string) => 'value' in (await guardWrites(key, null)('delete', () => store.delete(key)))

  /** How long the store must keep a token, in milliseconds. `undefined`: until it is deleted. */
  const ttlOf = (token: Token): number | undefined => {
    const [expiresAt, refreshToken] = [memberOf(token, 'expiresAt'), memberOf(token, 'refreshToken')]
    const refreshExpiresAt = memberOf(token, 'refreshExpiresAt')
    const end = refreshToken === undefined ? expiresAt : refreshExpiresAt && Math.max(refreshExpiresAt, endOf(token))
    const untilEnd = end === undefined || end === Number.POSITIVE_INFINITY ? undefined : end - Date.now()
    if (refreshToken === undefined || entryTtlMs === undefined) return untilEnd
    // While the access token lasts, no call renews it, so the entry must stay.
    const atLeast = Math.max(entryTtlMs, endOf(token) - Date.now())
    const ttlMs = Math.min(atLeast, untilEnd ?? Number.POSITIVE_INFINITY)
    return ttlMs === Number.POSITIVE_INFINITY ? undefined : ttlMs
  }

  /** Returns what `write` returns. A Keyv does not throw: it returns `false`. */
  const checkWritten = async (write: unknown) => {
    if ((await write) === false) throw new Error('the store did not write it')
  }

  return {
    hasLock: memberOf(store, 'lock') !== undefined,
    get: async (key) => {
      const read = await guard('get', () => store.get(key))
      if (!('value' in read)) return undefined
      const { token, invalid } = readEntry(read.value)
      if (invalid) fail('get', `the entry is not a token: ${invalid}`)
      return token
    },
    set: async (key, token) => {
      const ttlMs = ttlOf(token)
      // An expired token is not stored. The older entry must not stay either.
      if (ttlMs !== undefined && ttlMs <= 0) return (await remove(key)) ? 'written' : 'failed'
      // A copy, because a Map keeps the object that it is given.
      const write = () => checkWritten(store.set(key, { ...token }, ttlMs))
      const answer = await guardWrites(key, token)('set', write, token)
      return 'value' in answer ? 'written' : 'failed'
    },
    replace: async (key, isExpected, token) => {
      const ttlMs = ttlOf(token)
      const isOver = ttlMs !== undefined && ttlMs <= 0
      let isChanged = false
      const check = (current: unknown): boolean => {
        const { token: read, invalid } = readEntry(current)
        const mayWrite = invalid !== undefined || isExpected(read)
        isChanged = !mayWrite
        return mayWrite
      }
      const compareAndSet = memberOf(store, 'replace')?.bind(store)
      if (!compareAndSet) {
        const write = () => (isOver ? store.delete(key) : checkWritten(store.set(key, { ...token }, ttlMs)))
        const isDone = await replaceBySet(
          guardWrites(key, isOver ? null : token),
          () => store.get(key),
          check,
          write,
          token,
        )
        return isChanged ? 'changed' : isDone ? 'written' : 'failed'
      }
      // If the entry changed while it was compared, it is compared again, once.
      for (let round = 1; round <= 2; round += 1) {
        // oxlint-disable-next-line no-await-in-loop -- the second round needs the result of the first
        // `replace` cannot delete, so an entry that is over gets a lifetime of 1 ms.
        const write = () => compareAndSet(key, check, { ...token }, isOver ? 1 : ttlMs)
        const answer = await guardWrites(key, isOver ? null : token)('set', write, token)
        if (!('value' in answer)) return 'failed'
        if (isChanged) return 'changed'
        if (answer.value) return 'written'
      }
      fail('set', 'the entry changed while it was written', token.refreshToken !== undefined)
      return 'failed'
    },
    delete: remove,
    lock: async (key, work, reread, patienceMs) => {
      const storeLock = memberOf(store, 'lock')
      if (!storeLock) return work({ lease: undefined, hold: () => {} })
      const failLock = (error: unknown) => fail('lock', harmless(error))
      return runUnderLock(storeLock.bind(store), { key, work, reread, patienceMs, timeoutMs, fail: failLock })
    },
  }
}

/** Reads an entry of the store, whose getters can throw. `invalid` says why it is no token. */
function readEntry(entry: unknown): { readonly token: Token | null; readonly invalid?: string } {
  if (entry === undefined || entry === null) return { token: null }
  try {
    const token = { ...entry } as Token
    const invalid = invalidReason(token)
    return invalid === undefined ? { token } : { token: null, invalid }
  } catch {
    return { token: null, invalid: 'it cannot be read' }
  }
}

/**
 * Describes a failure of a store. The store can repeat its input, its data, and its own URL with a password, so these are
 * removed. It never throws.
 */
function harmless(error: unknown, token?: Token): string {
  const redact = createRedactor([token?.accessToken, token?.refreshToken, token?.idToken])
  // A password can have any character, so all is removed up to the last @. The limit keeps the search short.
  const text = describeError(error)
    .slice(0, 8000)
    .replaceAll(/\/\/\S*@/g, '//')
  return redact(text).replaceAll(/[\x21-\x7E]{24,}/g, '[redacted]')
}
