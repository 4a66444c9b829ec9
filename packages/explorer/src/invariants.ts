import type { Account } from './account.ts'
import { ofCalls } from './rules/calls.ts'
import { ofLogins } from './rules/logins.ts'
import { ofRefreshTokens } from './rules/refresh-tokens.ts'

/** What must hold in each run. */
const invariants = { ...ofRefreshTokens, ...ofLogins, ...ofCalls }

/** The names of the rules that a run must keep. */
export const ruleNames = Object.keys(invariants)

/** Returns what is wrong with a run: the names of the broken rules, with what was seen. */
export function check(account: Account): readonly string[] {
  return Object.entries(invariants).flatMap(([name, rule]) => {
    const wrong = rule(account)
    return wrong === undefined ? [] : [`${name}: ${wrong}`]
  })
}
