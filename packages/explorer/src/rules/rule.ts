import { inspect } from 'node:util'
import { isOAuthError } from '@oauthkit/core'
import type { Account, Outcome } from '../account.ts'
import { isFault } from '../choice.ts'

/** Returns a text that says what is wrong, or `undefined`. */
export type Rule = (account: Account) => string | undefined

/** Whether the login may be over, because of the scenario or of what went wrong. */
export function isLoginOver({ scenario, damage, world }: Account): boolean {
  // At a server that forgives, two processes may redeem at the same time, if both can store what they get.
  const faults = world.taken.flatMap(({ what }) => (isFault(what) ? [what] : []))
  const isHarmless = scenario.forgives && faults.length === 1 && !faults[0]?.includes('frozen')
  const isLockLost = damage.isLockLost && !isHarmless
  return damage.isRedemptionLost || isLockLost || damage.isEntryLost || isDead(scenario) || has(scenario, 'log out')
}

/** Whether the server has ended the login before the race. */
export const isDead = ({ token, isEnded }: Account['scenario']) => token === 'dead' || isEnded === true

/** Whether a scenario has a call of this kind. */
export const has = ({ processes }: Account['scenario'], action: Outcome['action']) =>
  processes.some(({ calls }) => calls.flat().includes(action))

/** Whether something went wrong. */
export const hasFault = ({ world }: Account) => world.taken.some(({ what }) => isFault(what))

/** Says how a call ended. */
export const said = ({ process, action, token, error, tookMs }: Outcome) => {
  const what =
    token?.accessToken ?? (isOAuthError(error) ? error.code : error === undefined ? 'nothing' : inspect(error))
  return `"${action}" of process ${process.number} got ${what} after ${tookMs} ms`
}
