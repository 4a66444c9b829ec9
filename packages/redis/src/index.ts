/**
 * Stores OAuth 2.0 tokens in Redis or Valkey, with a lock so that only one process renews at a time.
 *
 * @packageDocumentation
 */
export type { IoredisClient, IoredisSubscriber } from './ioredis.ts'
export type { NodeRedisClient } from './node-redis.ts'
export type { RedisClient } from './redis-client.ts'
export { redisStore, type RedisStoreOptions } from './redis-store.ts'
