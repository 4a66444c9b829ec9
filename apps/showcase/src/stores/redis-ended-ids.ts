import { withTimeout } from '@oauthkit/core/plugin'
import type { EndedIds } from '@oauthkit/login/handler'
import type { createClient } from 'redis'
import { StoreError } from './store-error.ts'

/** The part of a Redis client that {@link redisEndedIds} needs. */
type Client = Pick<ReturnType<typeof createClient>, 'exists' | 'set'>

/** Keeps the ended sign-ins and sessions of all processes in Redis. If Redis fails, its calls reject with a {@link StoreError}. */
export function redisEndedIds(client: Client, timeoutMs: number): EndedIds {
  const late = () => Promise.reject(new StoreError(`no answer within ${timeoutMs} ms`))
  const inTime = <T>(answer: Promise<T>) => withTimeout(answer.catch(failAsStore), timeoutMs, late)
  return {
    has: async (id) => (await inTime(client.exists(keyOf(id)))) > 0,
    add: async (id, ttlMs) => {
      // NX: Redis sets it only if it is absent, and answers null otherwise.
      const set = client.set(keyOf(id), '1', { condition: 'NX', expiration: { type: 'PX', value: ttlMs } })
      return (await inTime(set)) !== null
    },
  }
}

const failAsStore = (error: unknown): never => {
  throw new StoreError(error instanceof Error ? error.message : 'it failed')
}

const keyOf = (id: string) => `ended:${id}`
