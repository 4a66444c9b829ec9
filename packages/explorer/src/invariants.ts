import { inspect } from 'node:util'
import { isOAuthError } from '@oauthkit/core'
import type { Account, Outcome } from './play.ts'
import { lifetimeSeconds } from './token-endpoint.ts'
import { isFault } from './world.ts'

/** Returns a text that says what is wrong, or `undefined`. */
type Rule = (account: Account) => string | undefined

/** The longest time that a call may take, in milliseconds. */
const longestMs: Readonly<Record<Outcome['action'], number>> = {
  get: 10_000,
  reject: 10_000,
  'sign in': 16_000,
  'log out': 16_000,
}

/** What must hold in each run. */
const invariants: Readonly<Record<string, Rule>> = {
  'no refresh token is redeemed twice': (account) => {
    const { endpoint, damage, scenario, outcomes } = account
    if (damage.isRedemptionLost || damage.isLockLost) return undefined
    // The process forgets its token, but the entry stays, with a refresh token that may be redeemed. The user sees that.
    const isStuck = outcomes.some(({ action, error }) => error !== undefined && /^(sign in|log out)$/.test(action))
    if (isStuck) return undefined
    // Without a lock, two processes can redeem at the same time.
    if (scenario.store === 'plain' && scenario.processes.length > 1) return undefined
    const wrong = endpoint.reuses.find(({ process, refreshToken }) => {
      // What the server ended before is found out by one process, or by each one if something goes wrong.
      const same = endpoint.reuses.filter(
        (one) => one.refreshToken === refreshToken && (one.process === process || !hasFault(account)),
      )
      return scenario.token !== 'dead' || same.length > 1
    })
    return wrong && `${wrong.refreshToken}, by process ${wrong.process}`
  },

  'a refresh token whose answer was lost is not sent again at once': ({ endpoint, world, scenario }) => {
    if (scenario.token === 'dead' || scenario.store === 'plain') return undefined
    const lost = world.taken.find(({ what, label }) => what === 'its answer is lost' && label === 'the token request')
    const again =
      lost && endpoint.reuses.find(({ process, at }) => process === lost.process && at > lost.at && at < lost.at + 900)
    return again && `${again.refreshToken}, by process ${again.process}`
  },

  'no login is lost': (account) => {
    const { last, scenario, outcomes } = account
    if (isLoginOver(account)) return undefined
    if (scenario.store === 'plain' && (!scenario.forgives || hasFault(account))) return undefined
    const signIn = outcomes.find(({ action }) => action === 'sign in')
    // If the process has ended, or the store has failed, the user sees that.
    if (has(scenario, 'sign in') && (!signIn || signIn.error !== undefined)) return undefined
    const wrong = last.find(({ token }) => !token || (signIn && loginOf(token.accessToken) !== 2))
    return wrong && said(wrong)
  },

  'no user is asked to sign in without need': (account) => {
    const { outcomes, probes, scenario } = account
    if (isLoginOver(account)) return undefined
    // If the store failed, the user sees that.
    const isFailed = outcomes.some(({ action, error }) => action === 'sign in' && error !== undefined)
    if (scenario.store === 'plain' || isFailed) return undefined
    const wrong = [...outcomes, ...probes].find(({ error }) => isOAuthError(error) && error.code === 'TOKEN_MISSING')
    return wrong && said(wrong)
  },

  'a process that has the newest refresh token needs no store': ({ outcomes, scenario, world }) => {
    const cutAt = world.taken.findIndex(({ what }) => what === 'the store is cut off for long')
    // If the token is in the store, another process can have redeemed its refresh token.
    const isWritten = world.taken.slice(0, cutAt).some(({ label }) => label === 'replace')
    const isAlone = scenario.processes.length === 1 && scenario.processes[0]?.calls.length === 1
    const [first, ...others] = outcomes
    if (!isAlone || scenario.token !== 'expired' || cutAt < 0 || isWritten || !first?.token) return undefined
    const wrong = others.find(({ token }) => !token)
    return wrong && said(wrong)
  },

  'if the entry is lost, all processes notice it': ({ damage, last, scenario, outcomes }) => {
    const isOther =
      damage.isRedemptionLost || damage.isLockLost || has(scenario, 'log out') || scenario.store === 'plain'
    if (
      !damage.isEntryLost ||
      isOther ||
      outcomes.some(({ error, action }) => error !== undefined && action === 'sign in')
    )
      return undefined
    const wrong = last.find((one) => last.some(({ user, token }) => user === one.user && token && !one.token))
    return wrong && `${said(wrong)}, and another process a token`
  },

  "no user gets another user's token": ({ outcomes, probes }) => {
    const wrong = [...outcomes, ...probes].find(({ user, token }) => token && !token.accessToken.includes(`-${user}-`))
    return wrong && said(wrong)
  },

  'a log-out stays': ({ outcomes, probes, last, redis, scenario, endpoint }) => {
    const logOut = outcomes.find(({ action }) => action === 'log out')
    if (!logOut || scenario.store === 'plain') return undefined
    // If the store failed, the user sees that. Nevertheless, the process does not use that token again.
    const isFailed = logOut.error !== undefined
    const isOwnBefore = (accessToken: string) => {
      const issued = endpoint.issued.get(accessToken)
      return (
        issued?.process === logOut.process.number &&
        issued.isRequested &&
        issued.endsAt - lifetimeSeconds * 1000 <= logOut.endedAt
      )
    }
    const again = [...outcomes, ...probes].find(
      ({ process, steps: [begin], token }) =>
        process === logOut.process &&
        begin >= logOut.steps[1] &&
        token &&
        (!isFailed || token.accessToken === logOut.known || isOwnBefore(token.accessToken)),
    )
    if (again) return `${said(again)} after it`
    if (isFailed) return undefined
    if (redis.keys().some((key) => !key.endsWith(':lock'))) return 'the store has an entry again'
    const wrong = last.find(({ token }) => token)
    return wrong && said(wrong)
  },

  'each call ends': ({ open, outcomes, probes, scenario, world }) => {
    const [hanging] = open
    if (hanging) return `"${hanging.action}" of process ${hanging.process.number} has not ended`
    const late = [...outcomes, ...probes].find(({ action, process, tookMs }) => {
      // A sign-in or a log-out of the same process makes a waiting call start over, once. So does its wall clock if it is
      // set forward, because the machine seems to have slept.
      const isShared = (scenario.processes[process.number]?.calls.length ?? 0) > 1
      const isSet = world.taken.some(
        (step) => step.process === process.number && step.what === 'the clock is set forward',
      )
      const mayStartOver = (isShared || isSet) && (action === 'get' || action === 'reject')
      return tookMs > longestMs[action] * (mayStartOver ? 2 : 1)
    })
    return late && said(late)
  },

  'one command that fails costs no call': ({ outcomes, damage, scenario, world }) => {
    const [one, another] = world.taken.filter(({ what }) => isFault(what))
    const isHiccup = one?.what === 'it is refused' || one?.what === 'its answer is lost'
    const isOther =
      has(scenario, 'sign in') || has(scenario, 'log out') || scenario.token === 'dead' || damage.isEntryLost
    if (!isHiccup || another || one.label === 'the token request' || isOther || scenario.store === 'plain')
      return undefined
    // If the lock could not be released, the next process waits until it ends.
    const longest = one.label === 'release the lock' ? 6500 : 4000
    const wrong = outcomes.find(({ token, tookMs }) => !token || tookMs > longest)
    return wrong && said(wrong)
  },

  "an application's token costs no call its time-out": ({ outcomes, scenario, world }) => {
    if (scenario.token !== 'none') return undefined
    const isOwn = ({ process }: Outcome) =>
      world.taken.some(
        (step) =>
          step.process === process.number &&
          isFault(step.what) &&
          (step.label === 'the token request' || step.what.includes('frozen')),
      )
    const wrong = outcomes.find((outcome) => (!outcome.token || outcome.tookMs > 6000) && !isOwn(outcome))
    return wrong && said(wrong)
  },

  'a rejected token is not used again': (account) => {
    const actions = account.scenario.processes.flatMap(({ calls }) => calls.flat())
    // After some renewals at once, rejections force none for a while. A sign-in at the same time ends the renewal.
    if (
      hasFault(account) ||
      has(account.scenario, 'sign in') ||
      actions.filter((action) => action === 'reject').length > 2
    )
      return undefined
    const wrong = account.outcomes.find(
      ({ action, token, known }) => action === 'reject' && token && token.accessToken === known,
    )
    return wrong && said(wrong)
  },

  'there are few token requests': (account) => {
    const { endpoint, scenario } = account
    const users = new Set(scenario.processes.map(({ user }) => user))
    const actions = scenario.processes.map(({ calls }) => calls.flat())
    const rejections = actions.flat().filter((action) => action === 'reject').length
    // One at the start, one after each lifetime that passes, and one for each token that is rejected.
    const rejected = actions.every(({ length }) => length === 1) ? Math.min(1, rejections) : rejections
    const usual = scenario.store === 'plain' ? 6 : 3 + rejected
    const most = users.size * (hasFault(account) || users.has('robot') ? 10 * scenario.processes.length : usual)
    return endpoint.requests() > most ? `there were ${endpoint.requests()}` : undefined
  },

  'no token is served after its end': ({ outcomes, probes, endpoint, world }) => {
    const isClockWrong = world.taken.some(({ what }) => isFault(what) && what.includes('clock'))
    const wrong = [...outcomes, ...probes].find(({ token, process, wall, startedAt, endedAt }) => {
      const issued = token && endpoint.issued.get(token.accessToken)
      if (!issued) return false
      // If the wall clock is set during a renewal, its token can have ended by that clock already.
      const issuedAt = issued.endsAt - lifetimeSeconds * 1000
      const isNew = issuedAt >= startedAt || endedAt - issuedAt < longestMs.get + process.frozenFor
      const isSet = world.taken.some(
        (step) => step.process === process.number && isFault(step.what) && step.what.includes('clock'),
      )
      if (wall >= (token.expiresAt ?? Number.POSITIVE_INFINITY) && !(isNew && isSet)) return true
      // If a clock was set, a process knows only when the tokens end that it has requested.
      const isOwn = issued.isRequested && issued.process === process.number
      return endedAt >= issued.endsAt && (!isClockWrong || isOwn)
    })
    return wrong && said(wrong)
  },
}

/** Whether the login may be over, because of the scenario or of what went wrong. */
function isLoginOver({ scenario, damage, world }: Account): boolean {
  // At a server that forgives, two processes may redeem at the same time, if both can store what they get.
  const faults = world.taken.flatMap(({ what }) => (isFault(what) ? [what] : []))
  const isHarmless = scenario.forgives && faults.length === 1 && !faults[0]?.includes('frozen')
  const isLockLost = damage.isLockLost && !isHarmless
  return (
    damage.isRedemptionLost || isLockLost || damage.isEntryLost || scenario.token === 'dead' || has(scenario, 'log out')
  )
}

const has = ({ processes }: Account['scenario'], action: Outcome['action']) =>
  processes.some(({ calls }) => calls.flat().includes(action))

const hasFault = ({ world }: Account) => world.taken.some(({ what }) => isFault(what))

const loginOf = (accessToken: string) => Number(accessToken.split('-')[2])

const said = ({ process, action, token, error, tookMs }: Outcome) => {
  const what =
    token?.accessToken ?? (isOAuthError(error) ? error.code : error === undefined ? 'nothing' : inspect(error))
  return `"${action}" of process ${process.number} got ${what} after ${tookMs} ms`
}

/** The names of the rules that a run must keep. */
export const ruleNames = Object.keys(invariants)

/** Returns what is wrong with a run: the names of the broken rules, with what was seen. */
export function check(account: Account): readonly string[] {
  return Object.entries(invariants).flatMap(([name, rule]) => {
    const wrong = rule(account)
    return wrong === undefined ? [] : [`${name}: ${wrong}`]
  })
}
