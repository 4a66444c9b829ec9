import type { Address } from '../address.ts'
import { randomText } from '../random-text.ts'
import type { OpenIdServer } from './openid-server.ts'

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
export function createSessions({ endpoints, cookieDomain }: OpenIdServer): Sessions {
  const sessions = new Map<string, Session>()
  const paths = [endpoints.authorization, endpoints.endSession].filter((path) => path !== undefined)

  return {
    start: (session) => {
      const id = randomText(24)
      sessions.set(id, session)
      return id
    },
    find: (request) => idsIn(request).flatMap((id) => sessions.get(id) ?? [])[0],
    end: (request) => idsIn(request).forEach((id) => sessions.delete(id)),
    cookies: ({ addressOf }, id) =>
      paths.map((path) => {
        const url = `https://${path}`
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

function idsIn(request: Request): string[] {
  const cookies = (request.headers.get('Cookie') ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.filter((cookie) => cookie.startsWith(`${NAME}=`)).map((cookie) => cookie.slice(NAME.length + 1))
}
