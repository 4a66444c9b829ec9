import type { Said, SentRequest } from './call-endpoint.ts'
import { isText } from './oauth-response.ts'
import { createRedactor } from './redactor.ts'
import { oauthError, type OAuthError, type OAuthErrorCode } from '../errors.ts'

/** The errors of lost connections, and their codes, such as `ECONNREFUSED`. */
export const lostConnections: WeakMap<OAuthError, string> = /* @__PURE__ */ new WeakMap()

/**
 * Makes the error of a failed request, with what the server said.
 *
 * @param reason - the reason, or the code of a network error if there is no response.
 */
export function describeFailure(
  { provider, endpoint, form, headers: sent, clientSecret }: SentRequest,
  code: OAuthErrorCode,
  reason: string,
  said?: Said,
): OAuthError {
  const hidden = [...form].map(([name, value]) => (shown.has(name) || value.length < 4 ? undefined : value))
  const redact = createRedactor([clientSecret, sent.get('authorization')?.split(' ').at(-1), ...hidden])
  if (!said) {
    const lostBy = redact(reason)
    const what = `the ${endpoint} did not answer (${lostBy}): try again later`
    const lost = oauthError(provider.name, code, what)
    lostConnections.set(lost, lostBy)
    return lost
  }

  const { members, response } = said
  const { status, headers } = response
  const error = printable(members['error'], redact)
  const errorDescription = printable(
    members['error_description'] ?? members['description'] ?? members['message'],
    redact,
  )
  const requestId = printable(headers.get(provider.requestIdHeader ?? 'x-request-id') ?? members['error_id'], redact)
  const answer = status + (error ? ` ${error}` : '') + (errorDescription ? ` (${errorDescription})` : '')
  const advice = code === 'TOKEN_MALFORMED' ? `; check the provider's ${endpoint}, and any proxy in front of it` : ''
  const details = { status, error, errorDescription, requestId, retryAt: retryAt(headers.get('retry-after')) }
  return oauthError(provider.name, code, `the ${endpoint} answered ${answer}: ${reason}${advice}`, details)
}

/**
 * The parameters whose values are not secret. A value can be a common word, so it must not be removed from messages.
 */
const shown = new Set([
  'grant_type',
  'scope',
  'resource',
  'audience',
  'client_id',
  'client_assertion_type',
  'token_type_hint',
])

/** Keeps the characters that RFC 6749 §5.2 allows, and few enough of them for a line in a log. */
const printable = (value: unknown, redact: (text: string) => string) =>
  isText(value)
    ? redact(value)
        .replaceAll(/[^\x20-\x7E]+/g, ' ')
        .slice(0, 300)
    : undefined

/** Returns the time in milliseconds since the epoch. The header holds seconds or a date. See RFC 9110 §10.2.3. */
function retryAt(header: string | null): number | undefined {
  const instant = header && /^\d+$/.test(header) ? Date.now() + Number(header) * 1000 : Date.parse(header ?? '')
  // More than a day is probably a server's mistake, so a day is the maximum.
  return instant >= 0 ? Math.min(instant, Date.now() + 86_400_000) : undefined
}
