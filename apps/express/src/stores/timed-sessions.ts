import { Store, type SessionData } from 'express-session'
import { StoreError } from './store-error.ts'

type Done<T = never> = (error?: unknown, value?: T | null) => void

/** Sessions in another store, which has to answer in time; what goes wrong there is a {@link StoreError}. */
export class TimedSessions extends Store {
  readonly #store: Store
  readonly #timeoutMs: number

  constructor(store: Store, timeoutMs: number) {
    super()
    this.#store = store
    this.#timeoutMs = timeoutMs
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#store.get(id, this.#inTime<SessionData>(done))
  }

  override set(id: string, session: SessionData, done?: Done): void {
    this.#store.set(id, session, this.#inTime(done))
  }

  override destroy(id: string, done?: Done): void {
    this.#store.destroy(id, this.#inTime(done))
  }

  override touch(id: string, session: SessionData, done?: Done): void {
    this.#store.touch?.(id, session, this.#inTime(done))
  }

  /** Calls a function once: by the store's answer, or because there is none. */
  #inTime<T>(done?: Done<T>): Done<T> {
    let isDone = false
    const answer: Done<T> = (error, value) => {
      if (isDone) return
      isDone = true
      clearTimeout(timer)
      done?.(error, value)
    }
    const timer = setTimeout(() => answer(new StoreError(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs)
    return (error, value) =>
      answer(error && new StoreError(error instanceof Error ? error.message : 'it failed'), value)
  }
}
