import { isOAuthError } from '@oauthkit/core'
import { lifetimeSeconds } from '../token-endpoint.ts'
import { has, hasFault, isLoginOver, said, type Rule } from './rule.ts'

/** What must hold of logins: none is lost, none comes back, and none is another user's. */
export const ofLogins: Readonly<Record<string, Rule>> = {
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

  'a refresh token that was stored stays in the store until it is redeemed': (account) => {
    const { endpoint, redis, scenario, damage, outcomes } = account
    const signIn = outcomes.find(({ action }) => action === 'sign in')
    const isUncertain = has(scenario, 'sign in') && (!signIn || signIn.error !== undefined)
    if (scenario.store === 'plain' || damage.isEntryLost || has(scenario, 'log out') || isUncertain) return undefined
    const entries = redis.keys().map((key) => redis.get(key) ?? '')
    const users = new Set(scenario.processes.map(({ user }) => user))
    for (const user of users) {
      const current = endpoint.currentOf(user, signIn?.user === user ? 2 : 1)
      const holds = (text: string) => text.includes(`"${current}"`)
      if (current !== undefined && [...redis.written].some(holds) && !entries.some(holds)) return current
    }
    return undefined
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
}

const loginOf = (accessToken: string) => Number(accessToken.split('-')[2])
