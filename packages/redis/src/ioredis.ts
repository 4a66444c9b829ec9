import type { Commands } from './commands.ts'
import { createListen } from './ioredis-listen.ts'

/**
 * The methods that the store calls on a client of the package `ioredis`: a `Redis`, with Sentinel too, or a `Cluster`.
 *
 * Each method sends the Redis command with the same name. It rejects if Redis refuses the command or cannot be reached.
 */
export type IoredisClient = IoredisSubscriber & {
  /** Returns the value, or `null` if there is none. */
  get(key: string): Promise<string | null>
  /** Writes a value that does not expire. */
  set(key: string, value: string): Promise<unknown>
  /** Writes a value that expires after some milliseconds. */
  set(key: string, value: string, unit: 'PX', milliseconds: number): Promise<unknown>
  /** Removes a key. */
  del(key: string): Promise<unknown>
  /** Runs a Lua script. */
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  /** Sends any command. The store does not call it: only clients of `ioredis` have it. */
  call(command: string, ...parameters: string[]): Promise<unknown>
  /** Creates a connection with the same options, and with these. */
  duplicate(options?: object): IoredisSubscriber & {
    /** Closes the connection. */
    disconnect(): void
  }
  /** A `Cluster` listens on a connection of its own. */
  readonly isCluster: boolean
}

/** The methods of a client of `ioredis` that listens. */
export type IoredisSubscriber = {
  /** Listens to a channel. */
  subscribe(channel: string): Promise<unknown>
  /** Stops listening to a channel. */
  unsubscribe(channel: string): Promise<unknown>
  /** Adds a listener to the messages of all channels, or to errors of the connection. */
  on(event: 'message' | 'error', listener: (channel: string) => void): unknown
  /** Removes a listener. */
  off(event: 'message', listener: (channel: string) => void): unknown
}

/** Adapts a client of the package `ioredis`. */
export const ioredisCommands = (client: IoredisClient): Commands => ({
  get: (key) => client.get(key),
  set: (key, text, ttlMs) => (ttlMs === undefined ? client.set(key, text) : client.set(key, text, 'PX', ttlMs)),
  del: (key) => client.del(key),
  // With the option `stringNumbers`, the result is a text.
  run: async (script, key, ...parameters) => Number(await client.eval(script, 1, key, ...parameters)) === 1,
  listen: createListen(client),
})
