import type { TokenStore } from '@oauthkit/core'
import { createLock } from './lock.ts'
import { checkClient, type RedisClient } from './redis-client.ts'

/** What {@link redisStore} takes beside the client. */
export type RedisStoreOptions = {
  /** What all keys begin with. @defaultValue `''`: core's own keys begin with `oauthkit:` */
  readonly prefix?: string | undefined
  /**
   * How long a lock outlives the process that holds it, in milliseconds: at least 100, at most 3,600,000.
   *
   * It is extended each third of that time while the work runs. A process that stands still for longer loses the lock. Who
   * waits for it does so for six times as long at most.
   *
   * @defaultValue 5000: half of core's `timeoutMs`, so that nobody waits in vain for a process that died
   */
  readonly leaseMs?: number | undefined
}

/**
 * Makes a store of tokens in Redis or Valkey, with a lock.
 *
 * The client is yours: connect it, handle its `error` events, and close it. Make the store once for each client, since
 * sources over one store join the same renewals.
 *
 * @throws `TypeError` if the client or an option is wrong. Its methods reject with the errors of Redis.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Required<TokenStore> {
  checkClient(client)
  const { prefix = '', leaseMs = 5000 } = options
  if (typeof prefix !== 'string') throw new TypeError('redisStore: prefix must be a string')
  if (!Number.isInteger(leaseMs) || leaseMs < 100 || leaseMs > 3_600_000)
    throw new TypeError('redisStore: leaseMs must be a whole number of milliseconds from 100 to 3,600,000')
  const lock = createLock(client, leaseMs)

  return {
    get: async (key) => {
      const text = await client.get(prefix + key)
      return text === null ? null : parse(text)
    },
    set: async (key, token, ttlMs) => {
      // Redis takes whole milliseconds only.
      const expiration = ttlMs === undefined ? undefined : { type: 'PX' as const, value: Math.ceil(ttlMs) }
      await client.set(prefix + key, JSON.stringify(token), expiration && { expiration })
    },
    delete: (key) => client.del(prefix + key),
    lock: (key, ...parameters) => lock(`${prefix}${key}:lock`, ...parameters),
  }
}

/** What cannot be parsed is no token: core says so, and goes on as if there were none. A user has to sign in again. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
