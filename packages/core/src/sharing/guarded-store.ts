import { createRedactor } from '../endpoint/redactor.ts'
import type { TokenEventDetails } from '../events.ts'
import type { TokenStore } from '../store.ts'
import { invalidReason, type Token } from '../token.ts'
import { withTimeout } from '../wait.ts'
import { describeError } from './describe-error.ts'
import { runUnderLock, type Lease } from './run-under-lock.ts'
import type { Stored } from './stored.ts'

type StoreFailure = Extract<TokenEventDetails, { type: 'store-failed' }>

/** A store that never throws, and never makes a call wait long. An event reports each failure. */
export type GuardedStore = {
  /** Reads a token. A value that is not a token counts as none. */
  get(key: string): Promise<Stored>
  /** Writes a token. Returns `false` if that failed. Without a refresh token, the entry expires with the token. */
  set(key: string, token: Token): Promise<boolean>
  /** Removes a token. Returns `false` if that failed. */
  delete(key: string): Promise<boolean>
  /** See {@link runUnderLock}. If the store has no lock, the work runs without a lease. */
  lock<T>(key: string, work: (lease?: Lease) => Promise<T>, reread: () => Promise<T | undefined>): Promise<T>
  /** Whether the store has a lock. */
  readonly hasLock: boolean
}

/** Guards a store. Each operation may take `timeoutMs`, not counting the wait for a lock. */
export function guardStore(
  store: TokenStore,
  timeoutMs: number,
  report: (failure: StoreFailure) => void,
): GuardedStore {
  const fail = (operation: StoreFailure['operation'], message: string, isRefreshTokenAtRisk = false) =>
    report({ type: 'store-failed', operation, message, isRefreshTokenAtRisk })

  const guard = async <T>(
    operation: 'get' | 'set' | 'delete',
    work: () => T,
    token?: Token,
  ): Promise<{ value?: Awaited<T> }> => {
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

  const remove = async (key: string) => 'value' in (await guard('delete', () => store.delete(key)))

  return {
    hasLock: store.lock !== undefined,
    get: async (key) => {
      const read = await guard('get', () => store.get(key))
      if (!('value' in read)) return undefined
      const { value = null } = read
      const invalid = value === null ? undefined : invalidReason(value)
      if (!invalid) return value as Token | null
      fail('get', `the entry is not a token: ${invalid}`)
      return null
    },
    set: async (key, token) => {
      const { expiresAt, refreshToken } = token
      const ttlMs = expiresAt === undefined || refreshToken !== undefined ? undefined : expiresAt - Date.now()
      // An expired token is not stored. The older entry must not stay either.
      if (ttlMs !== undefined && ttlMs <= 0) return remove(key)
      const write = async () => {
        // A copy, because a Map keeps the object that it is given. A Keyv does not throw: it returns false.
        const answer = await store.set(key, { ...token }, ttlMs)
        if (answer === false) throw new Error('the store did not write it')
      }
      return 'value' in (await guard('set', write, token))
    },
    delete: remove,
    lock: async (key, work, reread) => {
      if (!store.lock) return work()
      const failLock = (error: unknown) => fail('lock', typeof error === 'string' ? error : harmless(error))
      return runUnderLock(store.lock.bind(store), { key, work, reread, timeoutMs, fail: failLock })
    },
  }
}

/** Describes a failure of a store. The store can repeat its input and its data, so these are removed. */
function harmless(error: unknown, token?: Token): string {
  // Its message quotes the text around the place that cannot be parsed.
  if (error instanceof SyntaxError) return 'the entry cannot be parsed'
  const redact = createRedactor([token?.accessToken, token?.refreshToken, token?.idToken])
  return redact(describeError(error)).replaceAll(/[\x21-\x7E]{24,}/g, '[redacted]')
}
