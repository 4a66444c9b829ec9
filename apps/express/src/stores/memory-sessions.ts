import { Store, type SessionData } from 'express-session'
import { LRUCache } from 'lru-cache'

/**
 * Sessions in memory, for one process: at most `max` of them, and none for longer than it lasts.
 *
 * express-session's own keeps all for ever, and `memorystore` stands on a version of lru-cache that is no longer looked after.
 */
export class MemorySessions extends Store {
  readonly #sessions: LRUCache<string, string>

  constructor(max = 10_000) {
    super()
    this.#sessions = new LRUCache({ max })
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const text = this.#sessions.get(id)
    const session = text === undefined ? null : (JSON.parse(text) as SessionData)
    const { expires } = session?.cookie ?? {}
    if (expires && new Date(expires).getTime() <= Date.now()) {
      this.#sessions.delete(id)
      done(null, null)
    } else done(null, session)
  }

  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    this.#sessions.set(id, JSON.stringify(session))
    done?.()
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#sessions.delete(id)
    done?.()
  }

  override touch(id: string, session: SessionData, done?: () => void): void {
    // Not one that is gone: a request that was under way when the user signed out must not bring the session back.
    if (this.#sessions.has(id)) this.#sessions.set(id, JSON.stringify(session))
    done?.()
  }
}
