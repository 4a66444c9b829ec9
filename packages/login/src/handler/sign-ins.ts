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
  /** Makes the headers that keep a sign-in. If the browser has too many, the oldest ones are removed. */
  readonly remember: (request: WithHeaders, signIn: SignIn) => Promise<readonly string[]>
  /** Returns the sign-in of a callback, if the browser has it, and the headers that remove it. */
  readonly take: (
    request: WithHeaders,
    state: string | undefined,
  ) => Promise<{ readonly signIn: SignIn | undefined; readonly headers: readonly string[] }>
}

/** How many sign-ins a browser can have begun at the same time, and how many characters their cookies can have. */
const [maxSignIns, maxLength] = [5, 4000]

/** How many sign-ins that were taken are remembered. */
const maxTaken = 1000

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

  /** The states that callbacks of this process have taken: a second callback at the same moment must not use the code. */
  const taken = new Set<string>()
  const take = (state: string): boolean => {
    if (taken.has(state)) return false
    taken.add(state)
    const [oldest] = taken
    if (oldest !== undefined && taken.size > maxTaken) taken.delete(oldest)
    return true
  }

  return {
    remember: async (request, signIn) => {
      const value = await sealed.seal(signIn, signInMs)
      const others = statesOf(request)
      let length = value.length + others.reduce((sum, other) => sum + other.value.length, 0)
      const removed: string[] = []
      while (others.length > 0 && (others.length >= maxSignIns || length > maxLength)) {
        const oldest = others.shift()
        length -= oldest?.value.length ?? 0
        if (oldest) removed.push(cookies.set(prefix + oldest.state))
      }
      return [...removed, cookies.set(prefix + signIn.transaction.state, value, signInMs)]
    },
    take: async (request, state) => {
      const found = statesOf(request).find((one) => one.state === state)
      if (!found) return { signIn: undefined, headers: [] }
      const signIn = await sealed.open(found.value)
      return { signIn: signIn && take(found.state) ? signIn : undefined, headers: [cookies.set(prefix + found.state)] }
    },
  }
}
