import type { Commands } from './commands.ts'
import { ioredisCommands, type IoredisClient } from './ioredis.ts'
import { nodeRedisCommands, type NodeRedisClient } from './node-redis.ts'

/** A client of the package `redis` or of the package `ioredis`. */
export type RedisClient = NodeRedisClient | IoredisClient

/**
 * Chooses the adapter for a client. The methods of both packages have the same names, but take other arguments.
 *
 * @throws `TypeError` that says what to pass.
 */
export function commandsOf(client: RedisClient): Commands {
  const methods = ['get', 'set', 'del', 'eval'] as const
  if (methods.every((name) => typeof (client as Partial<RedisClient> | undefined)?.[name] === 'function'))
    return 'call' in client ? ioredisCommands(client) : nodeRedisCommands(client)
  throw new TypeError(
    "redisStore needs a client of the package 'redis', as await createClient({ url }).connect(), or of 'ioredis', as new Redis(url)",
  )
}
