/** What the store asks of Redis. Each kind of client has an adapter that creates these functions. */
export type Commands = {
  /** Returns the text of an entry, or `null` if there is none. */
  readonly get: (key: string) => Promise<string | null>
  /** Writes an entry, which can expire after whole milliseconds. */
  readonly set: (key: string, text: string, ttlMs?: number) => Promise<unknown>
  /** Removes an entry. */
  readonly del: (key: string) => Promise<unknown>
  /** Runs a Lua script over one key. Returns whether its result is 1. */
  readonly run: (script: string, key: string, ...parameters: string[]) => Promise<boolean>
  /** Listens to a channel. Absent if the connection cannot do that. */
  readonly listen?: (channel: string, listener: () => void) => Listening
}

/** A listener on a channel. */
type Listening = {
  /** Resolves when Redis sends messages. Rejects if it refuses. */
  readonly ready: Promise<unknown>
  /** Stops listening. It can be called before `ready` is settled. */
  readonly end: () => void
}
