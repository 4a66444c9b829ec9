/**
 * What is needed of a client: clients, clusters, sentinels and pools of the package `redis` have it.
 *
 * Each method sends the Redis command of its name, and rejects if Redis refuses it or cannot be reached.
 */
export type RedisClient = {
  /** Gives the value, or `null` if there is none. */
  get(key: string): Promise<string | null>
  /** Writes a value, for so many milliseconds; gives `null` if the condition `NX`, that there is none yet, was not met. */
  set(
    key: string,
    value: string,
    options?: { condition?: 'NX'; expiration?: { type: 'PX'; value: number } },
  ): Promise<unknown>
  /** Removes a key. */
  del(key: string): Promise<unknown>
  /** Runs a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Listens to a channel. Absent: whoever waits for a lock finds out by asking that it is free. */
  subscribe?(channel: string, listener: () => void): Promise<unknown>
  /** Listens no more. */
  unsubscribe?(channel: string, listener: () => void): Promise<unknown>
  /** With `RESP` 2 a connection that listens cannot do anything else, so none is made to. */
  readonly options?: { readonly RESP?: 2 | 3 | undefined }
}

/**
 * Fails for what is no client.
 *
 * @throws `TypeError` that says what to pass.
 */
export function checkClient(client: RedisClient): void {
  const methods = ['get', 'set', 'del', 'eval'] as const
  const isClient = methods.every((name) => typeof (client as Partial<RedisClient> | undefined)?.[name] === 'function')
  // A client of ioredis has the same names, but takes other arguments.
  if (isClient && !('call' in client)) return
  throw new TypeError("redisStore needs a client of the package 'redis': await createClient({ url }).connect()")
}
