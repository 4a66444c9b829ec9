import { withTimeout } from '@oauthkit/core/plugin'
import { encrypted } from '@oauthkit/encrypted'
import { redisStore } from '@oauthkit/redis'
import { RedisStore } from 'connect-redis'
import { createClient } from 'redis'
import { redisUsedSignIns } from './redis-used-sign-ins.ts'
import { StoreError } from './store-error.ts'
import type { Stores } from './stores.ts'
import { TimedSessions } from './timed-sessions.ts'

/** What {@link redisStores} takes. */
export type RedisStoresOptions = {
  /** Where Redis is: `redis://`, or `rediss://` for TLS. */
  readonly url: string
  /** What encrypts the tokens. */
  readonly keys: readonly string[]
  /** Takes what goes wrong with the connection, which mends itself. */
  readonly onError: (error: Error) => void
}

/** How long Redis may take to answer, in milliseconds: one that is stuck keeps its connections open. */
const timeoutMs = 2000

const late = () => Promise.reject(new StoreError(`no answer within ${timeoutMs} ms`))

/** Connects to the stores that several processes share. @throws What Redis says if it cannot be had. */
export async function redisStores({ url, keys, onError }: RedisStoresOptions): Promise<Stores> {
  let isConnected = false
  // At the start an address that is wrong ends the process; later on Redis is waited for.
  const reconnectStrategy = (attempts: number) => isConnected && Math.min(50 * 2 ** attempts, 2000)
  const client = createClient({
    url,
    socket: { connectTimeout: 5000, reconnectStrategy },
    // A request is answered at once by an error, rather than late by a queue.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
  })
  client.on('error', onError)
  await client.connect()
  isConnected = true
  return {
    name: 'Redis',
    sessions: new TimedSessions(new RedisStore({ client, prefix: 'session:' }), timeoutMs),
    usedSignIns: redisUsedSignIns(client, timeoutMs),
    tokens: encrypted(redisStore(client), keys),
    check: () => withTimeout(client.ping(), timeoutMs, late),
    close: async () => client.destroy(),
  }
}
