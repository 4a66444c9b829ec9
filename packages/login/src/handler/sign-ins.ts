import type { LoginTransaction } from '../transaction.ts'
import type { Cookies, WithHeaders } from './cookies.ts'
import type { Sealed } from './sealed.ts'

/** A sign-in that has begun. */
export type SignIn = {
  readonly transaction: LoginTransaction
  /** Where the user goes after it. */
  readonly returnTo: string
}

/** The sign-ins that a browser has begun. Each has a cookie of its own, so that each tab can have one. */
export type SignIns = {
  /** Makes the headers that keep a sign-in. The oldest ones of the browser are removed. */
  readonly remember: (request: WithHeaders, signIn: SignIn) => Promise<readonly string[]>
  /** Returns the sign-in of a callback, if the browser has it, and the headers that remove it. */
  readonly take: (
    request: WithHeaders,
    state: string | undefined,
  ) => Promise<{ readonly signIn: SignIn | undefined; readonly headers: readonly string[] }>
}

/** How many sign-ins a browser can have begun at the same time. */
const maxSignIns = 5

const prefix = '-sign-in-'

/**
 * Keeps sign-ins in encrypted cookies. Any visitor can begin any number of them, so on the server they would cost memory, and
 * some visitors would end those of others.
 */
export function createSignIns(cookies: Cookies, sealed: Sealed<SignIn>, signInMs: number): SignIns {
  /** Browsers send the oldest first. A state is base64url, so other names are left alone. */
  const statesOf = (request: WithHeaders) =>
    [...cookies.read(request)].flatMap(([name, value]) => {
      const state = name.startsWith(prefix) ? name.slice(prefix.length) : ''
      return /^[\w-]+$/.test(state) ? [{ state, value }] : []
    })

  return {
    remember: async (request, signIn) => {
      const oldest = statesOf(request).slice(0, 1 - maxSignIns)
      const value = await sealed.seal(signIn, signInMs)
      return [
        ...oldest.map(({ state }) => cookies.set(prefix + state)),
        cookies.set(prefix + signIn.transaction.state, value, signInMs),
      ]
    },
    take: async (request, state) => {
      const found = statesOf(request).find((one) => one.state === state)
      if (!found) return { signIn: undefined, headers: [] }
      return { signIn: await sealed.open(found.value), headers: [cookies.set(prefix + found.state)] }
    },
  }
}
