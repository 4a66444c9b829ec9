import type { Response } from 'express'

/** The name of the session's cookie. With TLS, the prefix `__Host-` comes before it. */
export const sessionCookie = 'session'

/** Removes the session from the browser, because the user's tokens have ended. */
export function removeSession(response: Response, isSecure: boolean): void {
  const name = (isSecure ? '__Host-' : '') + sessionCookie
  response.clearCookie(name, { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/' })
}
