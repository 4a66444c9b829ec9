import { isOAuthError, type RenewalReason, type TokenEvent } from '@oauthkit/core'

/** The meaning of a mark on a timeline. */
export type Mark = 'renewed' | 'rejected' | 'trouble'

/** An event in words. */
export type Description = { readonly mark: Mark; readonly text: string }

/** Describes what happened to a token. Returns `undefined` for events that come with every call. */
export const describeEvent = (event: TokenEvent): Description | undefined =>
  // Each function takes the event of its own name. The compiler cannot know that.
  (descriptions[event.type] as ((event: TokenEvent) => Description) | undefined)?.(event)

type Descriptions = { readonly [Type in TokenEvent['type']]?: (event: TokenEvent & { type: Type }) => Description }

/** The events `served` and `skipped` come with every call, so they are left out. */
const descriptions: Descriptions = {
  renewed: ({ reason, durationMs }) => ({
    mark: 'renewed',
    text: `${renewals[reason]} (${Math.round(durationMs)} ms)`,
  }),
  adopted: () => ({ mark: 'renewed', text: 'Found in the store, where another process had put it' }),
  rejected: ({ status, isReplayed }) =>
    isReplayed
      ? { mark: 'rejected', text: `A call was rejected (${status}) and sent again with a new token` }
      : { mark: 'trouble', text: `A call was rejected (${status}), and not sent again` },
  failed: ({ error, hasToken }) => {
    const why = isOAuthError(error) ? error.code : error.name
    return { mark: 'trouble', text: `No new token (${why})${hasToken ? '; the old one still works' : ''}` }
  },
  throttled: ({ why }) => ({ mark: 'trouble', text: `No renewal: ${limits[why]}` }),
  'store-failed': ({ operation }) => ({
    mark: 'trouble',
    text: `The store failed (${operation}), so this process works without it`,
  }),
  oversized: ({ length, status }) => ({
    mark: 'trouble',
    text: `A proxy refused a header of ${length} characters (${status})`,
  }),
  redirected: () => ({ mark: 'trouble', text: 'A redirect took the token out of its API' }),
}

const renewals: Readonly<Record<RenewalReason, string>> = {
  absent: 'Requested, because there was none',
  expired: 'Renewed, because it had expired',
  ageing: 'Renewed before it expired, in the background',
  rejected: 'Renewed, because a call was rejected',
}

const limits: Readonly<Record<'forced-renewals' | 'token-requests' | 'back-off', string>> = {
  'forced-renewals': 'too many rejected tokens in a short time',
  'token-requests': 'too many tokens in a minute',
  'back-off': 'the last attempt has just failed',
}
