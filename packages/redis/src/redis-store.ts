import type { TokenStore } from '@oauthkit/core'
import { createEntries } from './entries.ts'
import { createLock, longestLeaseMs } from './lock.ts'
import { commandsOf, type RedisClient } from './redis-client.ts'

/** The options of {@link redisStore}. */
export type RedisStoreOptions = {
  /** The prefix of all keys. @defaultValue `''`: the keys of core already begin with `oauthkit:` */
  readonly prefix?: string | undefined
  /**
   * How long a lock stays after the process that holds it has died, in milliseconds: at least 100, at most 3,600,000.
   *
   * The process extends the lock after each third of this time. A process that is suspended for longer loses the lock.
   * Other callers wait for a lock for at most six times `leaseMs`.
   *
   * @defaultValue 5000: less than core's `timeoutMs`, so that a waiting call does not time out if the holder dies
   */
  readonly leaseMs?: number | undefined
}

/**
 * Creates a token store in Redis or Valkey, with a lock.
 *
 * You own the client: connect it, handle its `error` events, and close it. Create only one store for each client,
 * because sources with the same store share their renewals.
 *
 * @param client - a client, cluster or sentinel of the package `redis` or `ioredis`, or a pool of `redis`.
 * @throws `TypeError` if the client or an option is wrong. The methods of the store reject with the errors of Redis.
 * @example
 * ```ts
 * import { orangeAuth } from '@oauthkit/orange'
 * import { redisStore } from '@oauthkit/redis'
 * import ky from 'ky'
 * import { createClient } from 'redis'
 *
 * const redis = createClient({ url: process.env['REDIS_URL'] ?? '' })
 * redis.on('error', (error: Error) => console.error(`Redis: ${error.message}`))
 * export const api = ky.extend(orangeAuth({ store: redisStore(await redis.connect()) }))
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Required<TokenStore> {
  const commands = commandsOf(client)
  const { prefix = '', leaseMs = 5000 } = options
  if (typeof prefix !== 'string') throw new TypeError('redisStore: prefix must be a string')
  if (!Number.isInteger(leaseMs) || leaseMs < 100 || leaseMs > longestLeaseMs)
    throw new TypeError('redisStore: leaseMs must be a whole number of milliseconds from 100 to 3,600,000')
  const lock = createLock(commands, leaseMs)

  return {
    ...createEntries(commands, prefix),
    lock: (key, ...parameters) => lock(`${prefix}${key}:lock`, ...parameters),
  }
}
