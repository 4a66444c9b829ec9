import { parseCookie, stringifySetCookie } from 'cookie'

/** A request, or an object with its headers: those of `fetch`, or those of Node.js, as frameworks have them. */
export type WithHeaders = {
  /** The headers. Only `cookie` is read. */
  readonly headers: Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Reads cookies, and makes the headers that set them. */
export type Cookies = {
  /** Returns the cookies of a request whose names begin with this handler's name, without that beginning. */
  readonly read: (request: WithHeaders) => ReadonlyMap<string, string>
  /** Makes the header that sets a cookie. Without a value, it removes the cookie. */
  readonly set: (name: string, value?: string, maxAgeMs?: number) => string
}

/**
 * Creates the cookies of a handler: no script can read them, and a form of another site does not send them. With TLS, they
 * have the prefix `__Host-`, so that no other host can set them.
 *
 * They are `Lax` and not `Strict`, because users come back from the provider by a link.
 */
export function createCookies(cookieName: string, isSecure: boolean): Cookies {
  const prefix = (isSecure ? '__Host-' : '') + cookieName
  return {
    read: (request) => {
      const cookies = Object.entries(parseCookie(headerOf(request)))
      return new Map(
        cookies.flatMap(([name, value]) =>
          value !== undefined && name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
        ),
      )
    },
    set: (name, value = '', maxAgeMs = 0) =>
      stringifySetCookie({
        name: prefix + name,
        value,
        path: '/',
        httpOnly: true,
        secure: isSecure,
        sameSite: 'lax',
        maxAge: Math.floor(maxAgeMs / 1000),
      }),
  }
}

function headerOf({ headers }: WithHeaders): string {
  if (isHeaders(headers)) return headers.get('cookie') ?? ''
  const cookie = (Object.hasOwn(headers, 'cookie') ? headers['cookie'] : undefined) ?? ''
  return typeof cookie === 'string' ? cookie : cookie.join('; ')
}

const isHeaders = (headers: WithHeaders['headers']): headers is Pick<Headers, 'get'> =>
  typeof headers.get === 'function'
