import { parse } from 'hono/utils/cookie'
import type { Address } from '../emulated-provider.ts'
import { randomText } from '../random.ts'

/** The session of a user who signed in with a browser. */
export type Session = {
  /** The user's name. */
  readonly user: string
  /** The time when the user entered the password, in milliseconds since the epoch, by the emulator's clock. */
  readonly signedInAt: number
}

/** The sessions of browsers at one OpenID provider. */
export type Sessions = {
  /** Starts a session, and returns its id for {@link Sessions.cookies}. */
  readonly start: (session: Session) => string
  /** Finds the session of the browser that sent a request. */
  readonly find: (request: Request) => Session | undefined
  /** Ends the session of the browser that sent a request. */
  readonly end: (request: Request) => void
  /** Returns the `Set-Cookie` headers of a session. Without an id, they delete the cookies. */
  readonly cookies: (address: Address, id?: string) => readonly string[]
  /** Ends all sessions. */
  readonly reset: () => void
}

const NAME = 'emulated-session'

/** Makes an empty store of sessions, whose cookies are sent to the documented `urls`. */
export function createSessions(urls: readonly string[], cookieDomain?: string): Sessions {
  const sessions = new Map<string, Session>()

  return {
    start: (session) => {
      const id = randomText(24)
      sessions.set(id, session)
      return id
    },
    find: (request) => sessions.get(idIn(request)),
    end: (request) => {
      sessions.delete(idIn(request))
    },
    cookies: ({ addressOf }, id) =>
      urls.map((url) => {
        const address = addressOf(url)
        const { pathname, protocol } = new URL(address)
        // The emulator's server has both paths on one host. The documented addresses are on two hosts.
        const domain = address === url && cookieDomain ? `; Domain=${cookieDomain}` : ''
        const secure = protocol === 'https:' ? '; Secure' : ''
        const end = id === undefined ? '; Max-Age=0' : ''
        return `${NAME}=${id ?? ''}; Path=${pathname}; HttpOnly; SameSite=Lax${domain}${secure}${end}`
      }),
    reset: () => sessions.clear(),
  }
}

const idIn = (request: Request): string => parse(request.headers.get('Cookie') ?? '', NAME)[NAME] ?? ''
