import type { Cookies, WithHeaders } from './cookies.ts'
import type { EndedIds } from './ended-ids.ts'
import type { Sealed } from './sealed.ts'
import type { SessionUser } from './options.ts'

/** A session of a user who has signed in. */
export type Session<User extends SessionUser> = {
  /** A new random id for each sign-in. */
  readonly id: string
  readonly user: User
}

/** The session of a browser, in an encrypted cookie. */
export type Sessions<User extends SessionUser> = {
  /** Makes the header that begins a session. @throws `TypeError` if the user is too large for a cookie. */
  readonly begin: (user: User) => Promise<string>
  /** Returns the session that the cookie of a request has, also if it is on the list of ended ones. */
  readonly read: (request: WithHeaders) => Promise<Session<User> | undefined>
  /** Returns the session of a request, if it has a valid one. */
  readonly find: (request: WithHeaders) => Promise<Session<User> | undefined>
  /** Ends a session: from now on, its cookie is not valid any more, if there is a list of ended sessions. */
  readonly end: (session: Session<User>) => Promise<void>
  /** The header that removes the cookie. */
  readonly remove: string
}

/** The longest value of a cookie. Browsers store 4,096 bytes, together with the name and the attributes. */
const longest = 3800

/** Creates the sessions of a handler. */
export function createSessions<User extends SessionUser>(
  cookies: Cookies,
  sealed: Sealed<Session<User>>,
  sessionMs: number,
  ended: EndedIds | undefined,
): Sessions<User> {
  const read = async (request: WithHeaders) => {
    const value = cookies.read(request).get('')
    return value === undefined ? undefined : sealed.open(value)
  }

  return {
    begin: async (user) => {
      const value = await sealed.seal({ id: crypto.randomUUID(), user }, sessionMs)
      if (value.length > longest)
        throw new TypeError(
          `the user is too large for a cookie (${value.length} of ${longest} characters): keep only the id and what each page needs`,
        )
      return cookies.set('', value, sessionMs)
    },
    read,
    find: async (request) => {
      const session = await read(request)
      return session && !(await ended?.has(session.id)) ? session : undefined
    },
    end: async ({ id }) => {
      await ended?.add(id, sessionMs)
    },
    remove: cookies.set(''),
  }
}
