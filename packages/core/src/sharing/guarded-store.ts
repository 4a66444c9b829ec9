import type { TokenEventDetails } from '../events.ts'
import { createRedactor, describeError } from '../endpoint/redactor.ts'
import type { TokenStore } from '../store.ts'
import { invalidReason, type Token } from '../token.ts'
import { withTimeout } from '../wait.ts'

type StoreFailure = Extract<TokenEventDetails, { type: 'store-failed' }>

/** Says whether the lock is still held. */
export type Lease = Parameters<Parameters<NonNullable<TokenStore['lock']>>[1]>[0]

/** A store that never throws and never keeps anybody waiting: what fails is reported. */
export type GuardedStore = {
  /** The token; `null` if there is none, and `undefined` if nobody knows, since the store failed. */
  get(key: string): Promise<Token | null | undefined>
  /** Says whether it is written. A token that cannot be refreshed is stored for as long as it lives. */
  set(key: string, token: Token): Promise<boolean>
  /** Says whether it is gone. */
  delete(key: string): Promise<boolean>
  /**
   * Runs the work, once, under the store's lock if it has one that works, else without a lease; what comes of the work
   * comes of this. Or it gives what `reread` gave while the lock was waited for.
   */
  lock<T>(key: string, work: (lease?: Lease) => Promise<T>, reread: () => Promise<T | undefined>): Promise<T>
  readonly hasLock: boolean
}

/** Guards a store: each operation but the wait for a lock may take `timeoutMs`. */
export function guardStore(
  store: TokenStore,
  timeoutMs: number,
  report: (failure: StoreFailure) => void,
): GuardedStore {
  const fail = (operation: StoreFailure['operation'], message: string, isRefreshTokenAtRisk = false) =>
    report({ type: 'store-failed', operation, message, isRefreshTokenAtRisk })

  const attempt = async <T>(
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

  const remove = async (key: string) => 'value' in (await attempt('delete', () => store.delete(key)))

  return {
    hasLock: store.lock !== undefined,
    get: async (key) => {
      const read = await attempt('get', () => store.get(key))
      if (!('value' in read)) return undefined
      const { value = null } = read
      const invalid = value === null ? undefined : invalidReason(value)
      if (!invalid) return value as Token | null
      fail('get', `what is stored is no token: ${invalid}`)
      return null
    },
    set: async (key, token) => {
      const { expiresAt, refreshToken } = token
      const ttlMs = expiresAt === undefined || refreshToken !== undefined ? undefined : expiresAt - Date.now()
      // A token that is over already would only take room; the one before it must not come back for all that.
      if (ttlMs !== undefined && ttlMs <= 0) return remove(key)
      const write = async () => {
        // A copy, since a Map keeps what it is given. A Keyv does not throw: it says false.
        const answer = await store.set(key, { ...token }, ttlMs)
        if (answer === false) throw new Error('the store did not write it')
      }
      return 'value' in (await attempt('set', write, token))
    },
    delete: remove,
    lock: <T>(key: string, work: (lease?: Lease) => Promise<T>, reread: () => Promise<T | undefined>) => {
      if (!store.lock) return work()
      return new Promise<T>((resolve) => {
        let outcome: Promise<T> | undefined
        const settle = (own: Promise<T>) => {
          outcome = own
          // What it came to does not wait for long for the lock to be given back.
          const end = () => resolve(withTimeout(released, timeoutMs, () => own))
          own.then(end, end)
          return own
        }
        const run = (lease?: Lease) => outcome ?? settle(work(lease))
        const lookAgain = async () => {
          const found = outcome ? undefined : await reread()
          return found === undefined ? undefined : settle(Promise.resolve(found))
        }
        const underLock = async (): Promise<T> => {
          try {
            await store.lock?.(key, run, lookAgain)
            if (!outcome) fail('lock', 'it did not run the work')
          } catch (error) {
            // The work's own error comes through the lock; any other takes nothing from what the work came to.
            if (!(await outcome?.then(isNoFailure, isFailure))) fail('lock', harmless(error))
          }
          return run()
        }
        const released = underLock()
      })
    },
  }
}

const isFailure = () => true
const isNoFailure = () => false

/** What a store says of its failure, without what it was given or holds, which it may repeat. */
function harmless(error: unknown, token?: Token): string {
  // It quotes the text around the place that cannot be parsed.
  if (error instanceof SyntaxError) return 'what is stored cannot be parsed'
  const redact = createRedactor([token?.accessToken, token?.refreshToken, token?.idToken])
  return redact(describeError(error)).replaceAll(/[\x21-\x7E]{24,}/g, '[redacted]')
}
