import { Cookie, type SessionData, type Store } from 'express-session'

/**
 * Says whether the callback of a sign-in has come already. Its cookie is gone then, but whoever has a copy of it may send it
 * again.
 */
export const isUsed = (store: Store, state: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    store.get(idOf(state), (error: unknown, mark) => (error ? reject(error) : resolve(Boolean(mark))))
  })

/** Notes among the sessions, for as long as its cookie would be good, that the callback of a sign-in has come. */
export function markUsed(store: Store, state: string, ms: number): Promise<void> {
  const cookie = new Cookie()
  cookie.maxAge = ms
  return new Promise((resolve, reject) => {
    store.set(idOf(state), { cookie } as SessionData, (error: unknown) => (error ? reject(error) : resolve()))
  })
}

/** No id is like that, and those in cookies are signed. */
const idOf = (state: string): string => `used:${state}`
