import type { Request, RequestHandler } from 'express'
import session, { type Store } from 'express-session'
import { FinalSessions } from '../stores/final-sessions.ts'

/** A user who is signed in. */
export type User = {
  /** Who it is, as the provider knows them. */
  readonly sub: string
  /** What to call them. */
  readonly name: string
  /** What else the provider says of them, for the profile. */
  readonly profile: Readonly<Record<string, string>>
}

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in. */
    user: User
  }
}

/** What {@link sessions} takes. */
export type SessionOptions = {
  readonly store: Store
  /** What signs the cookie; the first signs, and all are taken. */
  readonly secrets: readonly string[]
  /** How long a session lasts after its last request, in milliseconds. */
  readonly maxAgeMs: number
  /** Whether browsers reach the app by TLS. */
  readonly isSecure: boolean
}

/** Gives each user a session: its id in a cookie, all else on the server. */
export const sessions = ({ store, secrets, maxAgeMs, isSecure }: SessionOptions): RequestHandler =>
  session({
    store: new FinalSessions(store),
    secret: [...secrets],
    // With this prefix browsers take the cookie from this very host only, and by TLS only.
    name: cookieName(isSecure),
    cookie: { ...cookieOptions(isSecure), maxAge: maxAgeMs },
    rolling: true,
    resave: false,
    // Visitors who do not sign in need no session, and no cookie.
    saveUninitialized: false,
  })

/** The name of the session's cookie. */
export const cookieName = (isSecure: boolean): string => (isSecure ? '__Host-session' : 'session')

/** Lax, since users come back from the provider by a link; `same-origin.ts` guards what forms do. */
export const cookieOptions = (isSecure: boolean) =>
  ({ httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' }) as const

/** Gives the session another id, so that the old id is of no use to an attacker who knows it. */
export const renewSession = (request: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    request.session.regenerate((error: unknown) => (error ? reject(error) : resolve()))
  })

/** Writes the session now, rather than when the request is answered. */
export const saveSession = (request: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    request.session.save((error: unknown) => (error ? reject(error) : resolve()))
  })

/** Ends the session. */
export const endSession = (request: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    request.session.destroy((error: unknown) => (error ? reject(error) : resolve()))
  })
