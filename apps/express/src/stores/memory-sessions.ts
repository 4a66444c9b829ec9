import { Store, type SessionData } from 'express-session'
import { LRUCache } from 'lru-cache'

/**
 * Sessions in memory, for one process: at most `max` of users and as many without a user, and none for longer than it lasts.
 *
 * express-session's own keeps all for ever, and `memorystore` stands on a version of lru-cache that is no longer looked after.
 */
export class MemorySessions extends Store {
  readonly #ofUsers: LRUCache<string, string>
  /** Notes of sessions that are over. They have their own store, because each visitor can cause any number of them. */
  readonly #ofNobody: LRUCache<string, string>

  constructor(max = 10_000) {
    super()
    this.#ofUsers = new LRUCache({ max })
    this.#ofNobody = new LRUCache({ max })
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    done(null, this.#read(id))
  }

  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    this.#write(id, session)
    done?.()
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#delete(id)
    done?.()
  }

  override touch(id: string, { cookie }: SessionData, done?: () => void): void {
    // Only its end is put off: what a request has found there when it began, others may have changed or ended since.
    const session = this.#read(id)
    if (session) this.#write(id, { ...session, cookie })
    done?.()
  }

  #read(id: string): SessionData | null {
    const text = this.#ofUsers.get(id) ?? this.#ofNobody.get(id)
    const session = text === undefined ? null : (JSON.parse(text) as SessionData)
    const { expires } = session?.cookie ?? {}
    if (!expires || new Date(expires).getTime() > Date.now()) return session
    this.#delete(id)
    return null
  }

  #write(id: string, session: SessionData): void {
    this.#delete(id)
    const sessions = session.user ? this.#ofUsers : this.#ofNobody
    sessions.set(id, JSON.stringify(session))
  }

  #delete(id: string): void {
    this.#ofUsers.delete(id)
    this.#ofNobody.delete(id)
  }
}
