import type { Token, TokenStore } from '@oauthkit/core'
import type { Removed } from './choice.ts'
import type { Scenario } from './scenario.ts'
import type { Process } from './step.ts'
import type { World } from './world.ts'

/** Whether a process has the lock, as far as it knows. */
export const hasLease = ({ leases }: Process) => [...leases].some(({ signal }) => !signal.aborted)

/**
 * A store that notes what its process knows: which locks it works under, and which refresh tokens are in the store. It also
 * notes when the process removes one.
 */
export function watchStore(
  store: Required<TokenStore>,
  world: World,
  process: Process,
  locks: Scenario['locks'],
): TokenStore {
  const { leases, number, seen } = process
  const see = (entry: unknown) => {
    const refreshToken = refreshTokenOf(entry)
    if (refreshToken !== undefined) seen.add(refreshToken)
  }
  return {
    delete: (key) => store.delete(key),
    get: async (key) => {
      const entry = await store.get(key)
      see(entry)
      return entry
    },
    set: async (key, token, ttlMs) => {
      await store.set(key, token, ttlMs)
      see(token)
    },
    replace: async (key, isExpected, next, ttlMs) => {
      const removed: Removed = { process: number, hasLease: hasLease(process) }
      const watched: typeof isExpected = (current) => {
        const is = isExpected(current)
        if (is && refreshTokenOf(current) !== undefined && next.refreshToken === undefined) world.removed.push(removed)
        return is
      }
      const isWritten = await store.replace(key, watched, next, ttlMs)
      if (isWritten) see(next)
      return isWritten
    },
    lock: async (key, work, reread) => {
      const fails = world.isRacing() ? locks : undefined
      if (fails === 'refused') throw new Error('no locks')
      const watched: typeof work = (granted) => {
        const lease = fails === 'lost' ? { signal: AbortSignal.abort() } : granted
        leases.add(lease)
        return work(lease).finally(() => leases.delete(lease))
      }
      return store.lock(key, watched, reread)
    },
  }
}

const refreshTokenOf = (entry: unknown) => (entry as Token | null)?.refreshToken
