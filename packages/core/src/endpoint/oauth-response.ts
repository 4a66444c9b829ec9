import type { Answer } from './call-endpoint.ts'
import type { OAuthError, OAuthErrorCode } from '../errors.ts'
import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'

const maxBytes = 1_048_576

/** A successful response, whose members are not checked yet. */
export type Success = {
  /** The members of its JSON object. Empty if the body is something else. */
  readonly members: Readonly<Record<string, unknown>>
  /** Makes an error from the reason why the members are wrong. */
  readonly malformed: (reason: string) => Promise<OAuthError>
}

/**
 * Reads an endpoint's response, and throws unless it is a success.
 *
 * @param translate - the provider's function for answers with names of its own.
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5.2 RFC 6749 §5.2}
 */
export async function readAnswer(
  { response, fail: failWith }: Answer,
  translate: NonNullable<Provider['readTokenResponse']> = (members) => members,
): Promise<Success> {
  const { status } = response
  const { text, cut } = await readText(response, maxBytes)
  const said = (await membersOf(() => JSON.parse(text))) ?? {}
  const translated = await membersOf(() => translate(said, status))
  const members = translated ?? said
  const { error } = members
  const fail = (code: OAuthErrorCode, reason: string) => failWith(code, reason, { response, members })
  const malformed = (reason: string) => fail('TOKEN_MALFORMED', reason)

  if (status === 408 || status === 429 || status >= 500 || transient.has(error)) {
    throw await fail('TOKEN_UNAVAILABLE', 'try again later')
  }
  // In a browser, a redirect that was not followed shows nothing, not even its status.
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400))
    throw await malformed('a redirect, and credentials are never sent to another URL')
  if (cut) throw await malformed('more than 1 MB')
  if (!translated) throw await malformed('readTokenResponse failed')
  if (isText(error)) throw await fail('TOKEN_REFUSED', "check the client's credentials and settings at the provider")
  if (!response.ok) throw await malformed('neither a success nor an OAuth error')
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
