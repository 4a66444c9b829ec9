import type { Outcome } from '../account.ts'
import { lifetimeSeconds } from '../token-endpoint.ts'
import { isFault } from '../choice.ts'
import { has, hasFault, isDead, said, type Rule } from './rule.ts'

/** The longest time that a call may take, in milliseconds. */
const longestMs: Readonly<Record<Outcome['action'], number>> = {
  get: 10_000,
  reject: 10_000,
  'sign in': 16_000,
  'log out': 16_000,
}

/** What must hold of calls: when they end, what they get, and what they cost. */
export const ofCalls: Readonly<Record<string, Rule>> = {
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

  'one failed command fails no call': ({ outcomes, damage, scenario, world }) => {
    const [one, another] = world.taken.filter(({ what }) => isFault(what))
    const isHiccup = one?.what === 'it is refused' || one?.what === 'its answer is lost'
    const isOther =
      has(scenario, 'sign in') || has(scenario, 'log out') || isDead(scenario) || damage.isEntryLost || scenario.locks
    if (!isHiccup || another || one.label === 'the token request' || isOther || scenario.store === 'plain')
      return undefined
    // If the lock could not be released, the next process waits until it ends.
    const longest = one.label === 'release the lock' ? 6500 : 4000
    const wrong = outcomes.find(({ token, tookMs }) => !token || tookMs > longest)
    return wrong && said(wrong)
  },

  'a lock that fails again and again is given up': (account) => {
    if (account.scenario.locks !== 'refused' || hasFault(account)) return undefined
    const wrong = account.outcomes.find(({ tookMs }) => tookMs > 4000)
    return wrong && said(wrong)
  },

  "no call times out because of an application's token": ({ outcomes, scenario, world }) => {
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
    const usual = scenario.store === 'plain' ? 4 : 3 + rejected
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
