import { hasFault, isDead, said, type Rule } from './rule.ts'

/** What must hold of refresh tokens: when they are sent, and when they are removed from the store. */
export const ofRefreshTokens: Readonly<Record<string, Rule>> = {
  'no refresh token is redeemed twice': (account) => {
    const { endpoint, damage, scenario, outcomes } = account
    if (damage.isRedemptionLost || damage.isLockLost) return undefined
    // The process forgets its token, but the entry stays, with a refresh token that may be redeemed. The user sees that.
    const isStuck = outcomes.some(({ action, error }) => error !== undefined && /^(sign in|log out)$/.test(action))
    if (isStuck) return undefined
    // Without a lock, two processes can redeem at the same time.
    if (scenario.store === 'plain' && scenario.processes.length > 1) return undefined
    const wrong = endpoint.reuses.find(({ process, refreshToken }) => {
      // If the server has ended the login before, one process sends its dead refresh token. After a fault, each may.
      const same = endpoint.reuses.filter(
        (one) => one.refreshToken === refreshToken && (one.process === process || !hasFault(account)),
      )
      return !isDead(scenario) || same.length > 1
    })
    return wrong && `${wrong.refreshToken}, by process ${wrong.process}`
  },

  'a stored refresh token is sent only under the lock': ({ scenario, world }) => {
    const wrong = scenario.store === 'plain' ? undefined : world.sent.find(({ isAllowed }) => !isAllowed)
    return wrong && `${wrong.refreshToken}, by process ${wrong.process}`
  },

  'a refresh token is removed only under the lock': ({ world }) => {
    const wrong = world.removed.find(({ hasLease }) => !hasLease)
    return wrong && `by process ${wrong.process}`
  },

  'a process that has got the answer to a refresh token does not send it again': ({ world }) => {
    const wrong = world.sent.find(({ isAgain }) => isAgain)
    return wrong && `${wrong.refreshToken}, by process ${wrong.process}`
  },

  'a refresh token whose answer was lost is not sent again at once': ({ endpoint, world, scenario }) => {
    if (isDead(scenario) || scenario.store === 'plain') return undefined
    const lost = world.taken.find(({ what, label }) => what === 'its answer is lost' && label === 'the token request')
    const again =
      lost && endpoint.reuses.find(({ process, at }) => process === lost.process && at > lost.at && at < lost.at + 900)
    return again && `${again.refreshToken}, by process ${again.process}`
  },

  'after a refused renewal, no call gets the dead refresh token': (account) => {
    // Else, a call can get it while the renewal still looks for the token of another process.
    if (!account.scenario.isEnded || hasFault(account)) return undefined
    const wrong = account.outcomes.find(({ hasDeadRefreshToken }) => hasDeadRefreshToken)
    return wrong && said(wrong)
  },
}
