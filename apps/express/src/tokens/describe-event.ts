import { isOAuthError, type RenewalReason, type TokenEvent } from '@oauthkit/core'

/** What a mark on a timeline means. */
export type Mark = 'renewed' | 'refused' | 'trouble'

/** An event in words. */
export type Description = { readonly mark: Mark; readonly text: string }

/** Says in words what happened to a token; `undefined` for what happens with every call. */
export function describeEvent(event: TokenEvent): Description | undefined {
  switch (event.type) {
    case 'served':
    case 'skipped':
      return undefined
    case 'renewed':
      return { mark: 'renewed', text: `${renewals[event.reason]} (${Math.round(event.durationMs)} ms)` }
    case 'adopted':
      return { mark: 'renewed', text: 'Taken from the store, where it was already' }
    case 'refused':
      return event.isReplayed
        ? { mark: 'refused', text: `A call was refused (${event.status}) and sent again with a new token` }
        : { mark: 'trouble', text: `A call was refused (${event.status}), and not sent again` }
    case 'failed':
      return {
        mark: 'trouble',
        text: `No token (${isOAuthError(event.error) ? event.error.code : event.error.name})${event.hasToken ? '; the old one is still good' : ''}`,
      }
    case 'throttled':
      return { mark: 'trouble', text: `No renewal: ${limits[event.why]}` }
    case 'store-failed':
      return { mark: 'trouble', text: `The store failed (${event.operation}); things go on without it` }
    case 'oversized':
      return { mark: 'trouble', text: `A proxy refused a header of ${event.length} characters (${event.status})` }
  }
}

const renewals: Readonly<Record<RenewalReason, string>> = {
  absent: 'Got, since there was none',
  expired: 'Renewed, since it had ended',
  ageing: 'Renewed before its end, while calls went on',
  rejected: 'Renewed, since a call was refused',
}

const limits: Readonly<Record<'ration' | 'fuse' | 'back-off', string>> = {
  ration: 'too many refusals in a short time',
  fuse: 'too many tokens in a minute',
  'back-off': 'the last attempt has just failed',
}
