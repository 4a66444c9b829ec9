import type { Commands } from './commands.ts'

/**
 * The methods that the store calls on a client of the package `redis`: a client, cluster, sentinel or pool.
 *
 * Each method sends the Redis command with the same name. It rejects if Redis refuses the command or cannot be reached.
 */
export type NodeRedisClient = {
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
  readonly options?: {
    /** The version of the protocol. */
    readonly RESP?: 2 | 3 | undefined
  }
}

/** Adapts a client of the package `redis`. It listens on its own connection, as RESP 3 allows. */
export function nodeRedisCommands(client: NodeRedisClient): Commands {
  const commands: Commands = {
    get: (key) => client.get(key),
    set: (key, text, ttlMs) =>
      client.set(key, text, ttlMs === undefined ? undefined : { expiration: { type: 'PX', value: ttlMs } }),
    del: (key) => client.del(key),
    run: async (script, key, ...parameters) =>
      Number(await client.eval(script, { keys: [key], arguments: parameters })) === 1,
  }
  if (client.options?.RESP === 2 || !client.subscribe) return commands
  return {
    ...commands,
    listen: (channel, listener) => ({
      ready: client.subscribe!(channel, listener),
      end: () => void client.unsubscribe?.(channel, listener).catch(() => {}),
    }),
  }
}
