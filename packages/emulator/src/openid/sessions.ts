import { parse } from 'hono/utils/cookie'
import type { Address } from '../emulated-provider.ts'
import { randomText } from '../random.ts'

/** A user who signed in with a browser. */
export type Session = {
  /** The user's name. */
  readonly user: string
  /** When the password was given, in milliseconds since the epoch, by the emulator's clock. */
  readonly signedInAt: number
}

/** The sessions of browsers at one OpenID provider. */
export type Sessions = {
  /** Starts a session; it is told to the browser with {@link Sessions.cookies}. */
  readonly start: (session: Session) => string
  /** The session of the browser that sent a request. */
  readonly find: (request: Request) => Session | undefined
  /** Ends it. */
  readonly end: (request: Request) => void
  /** What sets the cookies of a session, or without an id takes them away. */
  readonly cookies: (address: Address, id?: string) => readonly string[]
  /** Ends all sessions. */
  readonly reset: () => void
}

const NAME = 'emulated-session'

/** Makes what remembers no session yet. */
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
        // A server of the emulator has both paths on its one host; the documented addresses are on two.
        const domain = address === url && cookieDomain ? `; Domain=${cookieDomain}` : ''
        const secure = protocol === 'https:' ? '; Secure' : ''
        const end = id === undefined ? '; Max-Age=0' : ''
        return `${NAME}=${id ?? ''}; Path=${pathname}; HttpOnly; SameSite=Lax${domain}${secure}${end}`
      }),
    reset: () => sessions.clear(),
  }
}

const idIn = (request: Request): string => parse(request.headers.get('Cookie') ?? '', NAME)[NAME] ?? ''
