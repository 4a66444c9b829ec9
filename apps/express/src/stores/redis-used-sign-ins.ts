import { withTimeout } from '@oauthkit/core/plugin'
import type { createClient } from 'redis'
import { StoreError } from './store-error.ts'
import type { UsedSignIns } from './used-sign-ins.ts'

/** What {@link redisUsedSignIns} needs of a client. */
type Client = Pick<ReturnType<typeof createClient>, 'exists' | 'set'>

/** Keeps the used sign-ins of all processes in Redis. What goes wrong there is a {@link StoreError}. */
export function redisUsedSignIns(client: Client, timeoutMs: number): UsedSignIns {
  const late = () => Promise.reject(new StoreError(`no answer within ${timeoutMs} ms`))
  const inTime = <T>(answer: Promise<T>) => withTimeout(answer.catch(failAsStore), timeoutMs, late)
  return {
    has: async (state) => (await inTime(client.exists(keyOf(state)))) > 0,
    add: async (state, ms) => {
      // NX: Redis sets it only if it is absent, and answers null otherwise.
      const set = client.set(keyOf(state), '1', { condition: 'NX', expiration: { type: 'PX', value: ms } })
      return (await inTime(set)) !== null
    },
  }
}

const failAsStore = (error: unknown): never => {
  throw new StoreError(error instanceof Error ? error.message : 'it failed')
}

const keyOf = (state: string) => `used-sign-in:${state}`
