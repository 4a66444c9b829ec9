/**
 * The methods that the store calls. Clients, clusters, sentinels and pools of the package `redis` have them.
 *
 * Each method sends the Redis command with the same name. It rejects if Redis refuses the command or cannot be reached.
 */
export type RedisClient = {
  /** Returns the value, or `null` if there is none. */
  get(key: string): Promise<string | null>
  /** Writes a value that can expire after some milliseconds. */
  set(key: string, value: string, options?: { expiration?: { type: 'PX'; value: number } }): Promise<unknown>
  /** Removes a key. */
  del(key: string): Promise<unknown>
  /** Runs a Lua script. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** Listens to a channel. If absent, a caller that waits for a lock asks Redis repeatedly. */
  subscribe?(channel: string, listener: () => void): Promise<unknown>
  /** Stops listening. */
  unsubscribe?(channel: string, listener: () => void): Promise<unknown>
  /** With `RESP` 2, a connection that listens can do nothing else, so the store does not listen. */
  readonly options?: { readonly RESP?: 2 | 3 | undefined }
}

/**
 * Checks that the value is a client of the package `redis`.
 *
 * @throws `TypeError` that says what to pass.
 */
export function checkClient(client: RedisClient): void {
  const methods = ['get', 'set', 'del', 'eval'] as const
  const isClient = methods.every((name) => typeof (client as Partial<RedisClient> | undefined)?.[name] === 'function')
  // The methods of an ioredis client have the same names, but take other arguments.
  if (isClient && !('call' in client)) return
  throw new TypeError("redisStore needs a client of the package 'redis': await createClient({ url }).connect()")
}
