import { hkdfSync } from 'node:crypto'
import type { LoginTransaction } from '@oauthkit/login'
import type { Request, Response } from 'express'
import { EncryptJWT, jwtDecrypt } from 'jose'
import type { UsedSignIns } from '../stores/used-sign-ins.ts'
import { cookieOptions } from './session.ts'

/** How many sign-ins a browser may have open at once: the oldest are given up. */
const maxSignIns = 5

/** How long a sign-in may take, in milliseconds. */
const signInMs = 600_000

/** The sign-ins that were started and have not come back: each is in a cookie of its browser, so that each tab may have one. */
export type SignInCookies = {
  /** Gives the browser the cookie of a sign-in. */
  readonly remember: (request: Request, response: Response, transaction: LoginTransaction) => Promise<void>
  /**
   * Takes from the browser the cookie of the sign-in that a callback is about: it is good for one callback, whatever comes of
   * that. If several come at once, only one gets the sign-in.
   *
   * @returns the sign-in, or why there is none.
   */
  readonly take: (
    request: Request,
    response: Response,
    state: unknown,
  ) => Promise<LoginTransaction | 'used' | 'unknown' | 'expired'>
}

/** What {@link signInCookies} takes. */
export type SignInCookiesOptions = {
  /** What encrypts the cookies; the first encrypts, and all decrypt. */
  readonly secrets: readonly string[]
  /** Whether browsers reach the app by TLS. */
  readonly isSecure: boolean
  /** The sign-ins that are over. */
  readonly used: UsedSignIns
}

/**
 * Keeps sign-ins in encrypted cookies. Anybody may start any number of them, so on the server they would cost memory, and some
 * visitors would end those of others.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516.html RFC 7516}
 */
export function signInCookies({ secrets, isSecure, used }: SignInCookiesOptions): SignInCookies {
  const keys = secrets.map((secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'sign-in', 32)))
  const prefix = isSecure ? '__Host-sign-in-' : 'sign-in-'
  const options = cookieOptions(isSecure)
  /** The cookies by their states, which are base64url. Other names are left alone: Express cannot clear all of them. */
  const cookiesOf = ({ headers }: Request) =>
    new Map(
      (headers.cookie ?? '')
        .split(/; */)
        .filter((pair) => pair.startsWith(prefix))
        .map((pair) => pair.slice(prefix.length).split('=', 2) as [state: string, value: string])
        .filter(([state]) => /^[\w-]+$/.test(state)),
    )

  const read = async (value: string): Promise<LoginTransaction | undefined> => {
    for (const key of keys) {
      // oxlint-disable-next-line no-await-in-loop -- few, and the first one is the usual one
      const opened = await jwtDecrypt<{ transaction: LoginTransaction }>(value, key).catch(() => undefined)
      if (opened) return opened.payload.transaction
    }
    return undefined
  }

  return {
    remember: async (request, response, transaction) => {
      // Browsers send the oldest first.
      const states = [...cookiesOf(request).keys()].slice(0, 1 - maxSignIns)
      for (const state of states) response.clearCookie(prefix + state, options)
      const [key = new Uint8Array()] = keys
      const value = await new EncryptJWT({ transaction })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(new Date(Date.now() + signInMs))
        .encrypt(key)
      response.cookie(prefix + transaction.state, value, { ...options, maxAge: signInMs })
    },
    take: async (request, response, given) => {
      const cookies = cookiesOf(request)
      // Several states become one with a comma, which no cookie has.
      const state = String(given)
      const value = cookies.get(state)
      const transaction = value === undefined ? undefined : await read(value)
      // The last step before the sign-in is used, and one step: of two callbacks at once, one is the first.
      const isFirst = transaction !== undefined && (await used.add(transaction.state, signInMs))
      if (value !== undefined) response.clearCookie(prefix + state, options)
      if (isFirst) return transaction
      if (await used.has(state)) return 'used'
      return value === undefined && cookies.size > 0 ? 'unknown' : 'expired'
    },
  }
}
