/**
 * OAuth 2.0 tokens in Redis or Valkey, and a lock so that processes renew one after the other.
 *
 * @packageDocumentation
 */
export type { RedisClient } from './redis-client.ts'
export { redisStore, type RedisStoreOptions } from './redis-store.ts'
