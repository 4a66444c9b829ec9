/**
 * What is needed of a client: the package `redis` has it in its clients, as other clients can be made to.
 *
 * Each method sends the Redis command of its name, and rejects if Redis refuses it.
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
