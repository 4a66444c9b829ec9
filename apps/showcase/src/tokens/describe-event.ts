import { isOAuthError, type RenewalReason, type TokenEvent } from '@oauthkit/core'

/** What a mark on a timeline means. */
export type Mark = 'renewed' | 'rejected' | 'trouble'

/** An event in words. */
export type Description = { readonly mark: Mark; readonly text: string }

/** Says in words what happened to a token; `undefined` for what happens with every call. */
export const describeEvent = (event: TokenEvent): Description | undefined =>
  // Each function takes the event of its own name, which is more than the compiler can tell.
  (descriptions[event.type] as ((event: TokenEvent) => Description) | undefined)?.(event)

type Descriptions = { readonly [Type in TokenEvent['type']]?: (event: TokenEvent & { type: Type }) => Description }

/** What happens with every call, `served` and `skipped`, is left out. */
const descriptions: Descriptions = {
  renewed: ({ reason, durationMs }) => ({
    mark: 'renewed',
    text: `${renewals[reason]} (${Math.round(durationMs)} ms)`,
  }),
  adopted: () => ({ mark: 'renewed', text: 'Taken from the store, where it was already' }),
  rejected: ({ status, isReplayed }) =>
    isReplayed
      ? { mark: 'rejected', text: `A call was rejected (${status}) and sent again with a new token` }
      : { mark: 'trouble', text: `A call was rejected (${status}), and not sent again` },
  failed: ({ error, hasToken }) => {
    const why = isOAuthError(error) ? error.code : error.name
    return { mark: 'trouble', text: `No token (${why})${hasToken ? '; the old one is still good' : ''}` }
  },
  throttled: ({ why }) => ({ mark: 'trouble', text: `No renewal: ${limits[why]}` }),
  'store-failed': ({ operation }) => ({
    mark: 'trouble',
    text: `The store failed (${operation}); things go on without it`,
  }),
  oversized: ({ length, status }) => ({
    mark: 'trouble',
    text: `A proxy refused a header of ${length} characters (${status})`,
  }),
  redirected: () => ({ mark: 'trouble', text: 'A redirect took the token out of its API' }),
}

const renewals: Readonly<Record<RenewalReason, string>> = {
  absent: 'Got, since there was none',
  expired: 'Renewed, since it had ended',
  ageing: 'Renewed before its end, while calls went on',
  rejected: 'Renewed, since a call was rejected',
}

const limits: Readonly<Record<'forced-renewals' | 'token-requests' | 'back-off', string>> = {
  'forced-renewals': 'too many rejected tokens in a short time',
  'token-requests': 'too many tokens in a minute',
  'back-off': 'the last attempt has just failed',
}
