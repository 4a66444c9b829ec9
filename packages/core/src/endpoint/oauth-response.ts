import type { Answer } from './call-endpoint.ts'
import { oauthError, type OAuthError, type OAuthErrorCode } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'

const maxBytes = 1_048_576

/** A successful response, whose members are not checked yet. */
export type Success = {
  /** The members of its JSON object. Empty if the body is something else. */
  readonly members: Readonly<Record<string, unknown>>
  /** Makes an error from the reason why the members are wrong. */
  readonly malformed: (reason: string) => OAuthError
}

/**
 * Reads an endpoint's response, and throws unless it is a success.
 *
 * @param translate - the provider's function for answers with names of its own.
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5.2 RFC 6749 §5.2}
 */
export async function readAnswer(
  { response, provider, redact }: Answer,
  endpoint: string,
  translate: NonNullable<Provider['readTokenResponse']> = (members) => members,
): Promise<Success> {
  const { status, headers } = response
  const { text, cut } = await readText(response, maxBytes)
  const said = (await membersOf(() => JSON.parse(text))) ?? {}
  const translated = await membersOf(() => translate(said, status))
  const members = translated ?? said

  const error = printable(members['error'], redact)
  const errorDescription = printable(
    members['error_description'] ?? members['description'] ?? members['message'],
    redact,
  )
  const requestId = printable(headers.get(provider.requestIdHeader ?? 'x-request-id') ?? members['error_id'], redact)
  const details = { status, error, errorDescription, requestId, retryAt: retryAt(headers.get('retry-after')) }
  const answer = status + (error ? ` ${error}` : '') + (errorDescription ? ` (${errorDescription})` : '')
  const fail = (code: OAuthErrorCode, what: string) =>
    oauthError(provider.name, code, `the ${endpoint} answered ${answer}: ${what}`, details)
  const malformed = (reason: string) =>
    fail('TOKEN_MALFORMED', `${reason}; check the provider's ${endpoint}, and any proxy in front of it`)

  if (status === 408 || status === 429 || status >= 500 || transient.has(error)) {
    throw fail('TOKEN_UNAVAILABLE', 'try again later')
  }
  // In a browser, a redirect that was not followed shows nothing, not even its status.
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400))
    throw malformed('a redirect, and credentials are never sent to another URL')
  if (cut) throw malformed('more than 1 MB')
  if (!translated) throw malformed('readTokenResponse failed')
  if (error) throw fail('TOKEN_REFUSED', "check the client's credentials and settings at the provider")
  if (!response.ok) throw malformed('neither a success nor an OAuth error')
  return { members, malformed }
}

/** The errors of RFC 6749 §4.1.2.1 that the client did not cause. */
const transient = new Set<unknown>(['temporarily_unavailable', 'server_error'])

/** Whether a value is a non-empty string. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Returns the members of the object that `make` returns. `undefined` if it returns something else, or throws. */
async function membersOf(make: () => unknown): Promise<Record<string, unknown> | undefined> {
  try {
    const value = await make()
    return typeof value === 'object' && value && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    // The error can hold any text, such as the token, so it is not passed on.
    return undefined
  }
}

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
