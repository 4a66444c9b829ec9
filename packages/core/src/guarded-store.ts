import type { TokenEventDetails } from './events.ts'
import { createRedactor, reasonOf } from './redactor.ts'
import type { TokenStore } from './store.ts'
import { tokenFlaw, type Token } from './token.ts'
import { within } from './within.ts'

type StoreFailure = Extract<TokenEventDetails, { type: 'store-failed' }>

/** A store that never throws and never keeps anybody waiting: what fails is reported, and counts as absent. */
export type GuardedStore = {
  get(key: string): Promise<Token | undefined>
  /** Says whether it is written. A token that cannot be refreshed is stored for as long as it lives. */
  set(key: string, token: Token): Promise<boolean>
  /** Says whether it is gone. */
  delete(key: string): Promise<boolean>
  /** Runs the work under the store's lock, if it has one that works. */
  lock<T>(key: string, work: () => Promise<T>): Promise<T>
  readonly hasLock: boolean
}

/** Guards a store: each operation but the wait for a lock may take `timeoutMs`. */
export function guardStore(
  store: TokenStore,
  timeoutMs: number,
  report: (failure: StoreFailure) => void,
): GuardedStore {
  const attempt = async <T>(
    operation: 'get' | 'set' | 'delete',
    work: () => T,
    token?: Token,
  ): Promise<{ value?: Awaited<T> }> => {
    try {
      const late = () => {
        throw new Error(`no answer within ${timeoutMs} ms`)
      }
      return { value: await within(Promise.resolve().then(work), timeoutMs, late) }
    } catch (error) {
      // A store may repeat in its errors what it was given.
      const redact = createRedactor([token?.accessToken, token?.refreshToken, token?.idToken])
      const isRefreshTokenAtRisk = operation === 'set' && token?.refreshToken !== undefined
      report({ type: 'store-failed', operation, message: redact(reasonOf(error)), isRefreshTokenAtRisk })
      return {}
    }
  }

  return {
    hasLock: store.lock !== undefined,
    get: async (key) => {
      const { value } = await attempt('get', () => store.get(key))
      if (value === undefined || value === null) return undefined
      const flaw = tokenFlaw(value)
      if (!flaw) return value as Token
      report({
        type: 'store-failed',
        operation: 'get',
        message: `what is stored is no token: ${flaw}`,
        isRefreshTokenAtRisk: false,
      })
      return undefined
    },
    set: async (key, token) => {
      const { expiresAt, refreshToken } = token
      const ttlMs = expiresAt === undefined || refreshToken !== undefined ? undefined : expiresAt - Date.now()
      // A token that is over already would only take room.
      if (ttlMs !== undefined && ttlMs <= 0) return true
      return 'value' in (await attempt('set', () => store.set(key, token, ttlMs), token))
    },
    delete: async (key) => 'value' in (await attempt('delete', () => store.delete(key))),
    lock: async (key, work) => {
      if (!store.lock) return work()
      let outcome: ReturnType<typeof work> | undefined
      try {
        return await store.lock(key, () => (outcome = work()))
      } catch (error) {
        // Either the work failed, or the lock around it did, which takes nothing from what the work came to.
        if (outcome) return outcome
        report({ type: 'store-failed', operation: 'lock', message: reasonOf(error), isRefreshTokenAtRisk: false })
        return work()
      }
    },
  }
}
