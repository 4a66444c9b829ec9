import { withTimeout } from '@oauthkit/core/plugin'
import { encrypted } from '@oauthkit/encrypted'
import { redisStore } from '@oauthkit/redis'
import { createClient } from 'redis'
import { redisEndedIds } from './redis-ended-ids.ts'
import { StoreError } from './store-error.ts'
import type { Stores } from './stores.ts'

/** The options of {@link redisStores}. */
export type RedisStoresOptions = {
  /** Where Redis is: `redis://`, or `rediss://` for TLS. */
  readonly url: string
  /** The keys that encrypt the tokens. The first one encrypts, and all decrypt. */
  readonly keys: readonly string[]
  /** Called with each error of the connection. The client connects again by itself. */
  readonly onError: (error: Error) => void
}

/** How long Redis can take to answer, in milliseconds. A Redis that hangs keeps its connections open. */
const timeoutMs = 2000

const late = () => Promise.reject(new StoreError(`no answer within ${timeoutMs} ms`))

/** Connects to the stores that several processes share. @throws The error of Redis, if it cannot be reached. */
export async function redisStores({ url, keys, onError }: RedisStoresOptions): Promise<Stores> {
  let isConnected = false
  // At the start, a wrong address ends the process. Later, the client waits for Redis to come back.
  const reconnectStrategy = (attempts: number) => isConnected && Math.min(50 * 2 ** attempts, 2000)
  const client = createClient({
    url,
    socket: { connectTimeout: 5000, reconnectStrategy },
    // Without Redis, a command fails at once, and does not wait in a queue.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
  })
  client.on('error', onError)
  await client.connect()
  isConnected = true
  return {
    name: 'Redis',
    ended: redisEndedIds(client, timeoutMs),
    tokens: encrypted(redisStore(client), keys),
    check: () => withTimeout(client.ping(), timeoutMs, late),
    close: async () => client.destroy(),
  }
}
