import type { TokenEvent } from '@oauthkit/core'
import type { Counts } from './record.ts'

const whyRenewed = {
  absent: () => 'There was no token.',
  expired: () => 'The token had expired. The calls waited for a new one.',
  ageing: () => 'The token expires soon. It was renewed in the background, and no call waited.',
  rejected: () => 'A rejected token was renewed.',
}

const whyThrottled = {
  'forced-renewals': 'New tokens do not help, so the source waits before it requests another one.',
  'token-requests': 'The server issued too many tokens within a minute. The source requests no more for now.',
  'back-off': 'The last renewal failed, and the next attempt is not due yet. The call fails at once.',
}

/**
 * Says in words what an event of `onEvent` means. Returns `undefined` for events that the page does not list: each call
 * with a valid token causes one, and some cannot happen on the page.
 *
 * @param event - the event. It holds no secret.
 * @param tokens - how many tokens the server has issued, which is the number of the newest one.
 */
export function describeEvent(event: TokenEvent, tokens: number): string | undefined {
  switch (event.type) {
    case 'renewed':
      return `${whyRenewed[event.reason]()} The source has token ${tokens} now.`
    case 'rejected':
      return event.isReplayed
        ? 'The API rejected the token. The call was sent again with a new one.'
        : 'The API rejected the token. There is no newer one, so the call gets the 401.'
    case 'failed':
      return `${describeFailure(event.error)} ${
        event.hasToken && event.reason === 'ageing'
          ? 'Calls use the token that they have: it is still valid.'
          : 'The calls that waited for a token fail.'
      }`
    case 'throttled':
      return whyThrottled[event.why]
    default:
      return undefined
  }
}

const describeFailure = ({ message }: Error): string => `A token request failed: "${message}".`

/** Says in words what the calls have come to. */
export function describeResult({ answered, replayed, failed }: Counts, requests: number, sentAgain: number): string {
  const good = answered + replayed
  const some = good === 0 ? `All ${failed} calls failed` : `${good} calls were answered, and ${failed} failed`
  const calls = failed === 0 ? `All ${good} calls were answered` : some
  const again = sentAgain === 0 ? '' : ` ${sentAgain} call${sentAgain === 1 ? ' was' : 's were'} sent again.`
  return `${calls}, with ${requests} token request${requests === 1 ? '' : 's'}.${again}`
}
