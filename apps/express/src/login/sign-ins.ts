import type { LoginTransaction } from '@oauthkit/login'
import type { SessionData } from 'express-session'

/** How many sign-ins a session may have open at once: the oldest are given up. */
const maxSignIns = 5

/** How long a session lasts that has nothing but sign-ins, in milliseconds: anybody may start some. */
const signInMs = 600_000

type SignIns = Partial<Pick<SessionData, 'signIns' | 'usedStates' | 'user' | 'cookie'>>

/** Remembers a sign-in until its callback. */
export function rememberSignIn(session: SignIns, transaction: LoginTransaction): void {
  const entries = [...Object.entries(session.signIns ?? {}), [transaction.state, transaction] as const]
  session.signIns = Object.fromEntries(entries.slice(-maxSignIns))
  const { user, cookie } = session
  if (!user && cookie) cookie.maxAge = Math.min(signInMs, cookie.originalMaxAge ?? signInMs)
}

/**
 * Takes the sign-in that a callback is about out of the session: it is good for one callback, whatever comes of that.
 *
 * @returns the sign-in, or why there is none.
 */
export function takeSignIn(session: SignIns, state: unknown): LoginTransaction | 'used' | 'unknown' | 'no session' {
  const { signIns, usedStates = [] } = session
  if (typeof state === 'string' && usedStates.includes(state)) return 'used'
  if (!signIns) return 'no session'
  if (typeof state !== 'string' || !Object.hasOwn(signIns, state)) return 'unknown'
  const { [state]: transaction, ...others } = signIns
  session.signIns = others
  session.usedStates = [...usedStates, state].slice(-maxSignIns)
  return transaction ?? 'unknown'
}
