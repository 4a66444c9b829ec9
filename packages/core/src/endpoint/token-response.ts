import type { Answer, Members } from './call-endpoint.ts'
import { isText, readAnswer } from './read-answer.ts'
import type { Provider } from '../provider.ts'
import { isAccessToken, type Token } from '../token.ts'

const year = 365 * 24 * 3_600_000

/**
 * Reads a token endpoint's answer.
 *
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5 RFC 6749 §5}
 */
export async function readTokenResponse(answer: Answer): Promise<Token> {
  const { provider } = answer
  const hasToken = ({ access_token, token_type }: Members) =>
    isAccessToken(access_token) && isBearer(token_type, provider)
  const members = await readAnswer(answer, hasToken, provider.readTokenResponse)
  const { access_token, token_type: _type, expires_in, refresh_token, scope, id_token, ...extra } = members
  // The servers that name it use 0 for a refresh token that does not expire.
  const refreshLifetime = lifetime(members['refresh_expires_in'])
  return {
    accessToken: access_token as string,
    expiresAt: answer.sentAt + (lifetime(expires_in) ?? provider.defaultLifetimeMs ?? 3_600_000),
    ...(isText(refresh_token) && { refreshToken: refresh_token }),
    ...(refreshLifetime && { refreshExpiresAt: answer.sentAt + refreshLifetime }),
    ...(isText(scope) && { scope }),
    ...(isText(id_token) && { idToken: id_token }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}

/** Whether a `token_type` is bearer. Some servers leave it out, which can only mean bearer. */
export const isBearer = (type: unknown, { tokenTypes = [] }: Pick<Provider, 'tokenTypes'>): boolean =>
  type === undefined ||
  type === null ||
  (typeof type === 'string' && ['bearer', ...tokenTypes].some((known) => known.toLowerCase() === type.toLowerCase()))

/** Returns the lifetime in milliseconds, or `undefined` if the server named none, or no valid one. */
function lifetime(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(expiresIn) ? Number(expiresIn) : expiresIn
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(Math.floor(seconds) * 1000, year) : undefined
}
