import { Cookie, Store, type SessionData } from 'express-session'

type Done = (error?: unknown) => void

/** How long the end of a session is remembered, in milliseconds: longer than any request takes. */
const rememberedMs = 120_000

/**
 * Sessions in another store, whose end is the end: a request that was under way when the user signed out, and writes the
 * session as it had found it, does not bring it back.
 */
export class FinalSessions extends Store {
  readonly #store: Store

  constructor(store: Store) {
    super()
    this.#store = store
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#store.get(id, done)
  }

  // The end is noted before the session goes, and looked for after one was written: whoever is first, it does not stay.
  override destroy(id: string, done?: Done): void {
    const cookie = new Cookie()
    cookie.maxAge = rememberedMs
    this.#store.set(endOf(id), { cookie } as SessionData, (error) =>
      error ? done?.(error) : this.#store.destroy(id, done),
    )
  }

  override set(id: string, session: SessionData, done?: Done): void {
    const look = () =>
      this.#store.get(endOf(id), (error, end) => (end ? this.#store.destroy(id, done) : done?.(error ?? undefined)))
    this.#store.set(id, session, (error) => (error ? done?.(error) : look()))
  }

  override touch(id: string, session: SessionData, done?: () => void): void {
    this.#store.touch?.(id, session, done)
  }
}

/** No id is like that, and those in cookies are signed. */
const endOf = (id: string): string => `ended:${id}`
