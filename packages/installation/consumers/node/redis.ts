/** A project that keeps tokens in Redis, whose client needs the types of Node. */
import type { TokenStore } from '@oauthkit/core'
import { redisStore, type RedisClient } from '@oauthkit/redis'
import { createClient } from 'redis'

const client = createClient()

export const store: Required<TokenStore> = redisStore(client, { leaseMs: 5000 })
export const cluster = (other: RedisClient): TokenStore => redisStore(other)

// @ts-expect-error -- a store needs a client, not its address
redisStore('redis://localhost')
