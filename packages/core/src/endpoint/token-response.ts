import type { Answer } from './call-endpoint.ts'
import { isText, readAnswer } from './oauth-response.ts'
import { isAccessToken, type Token } from '../token.ts'

const year = 365 * 24 * 3_600_000

/**
 * Reads a token endpoint's response.
 *
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-5 RFC 6749 §5}
 */
export async function readTokenResponse(answer: Answer): Promise<Token> {
  const { members, malformed } = await readAnswer(answer, answer.provider.readTokenResponse)
  const { access_token, token_type, expires_in, refresh_token, scope, id_token, ...extra } = members
  if (!isText(access_token)) throw await malformed('neither a token nor an OAuth error')
  if (!isAccessToken(access_token)) throw await malformed('an access_token that no header can hold')
  if (!isBearer(token_type)) throw await malformed('a token_type other than bearer')
  // The servers that name it use 0 for a refresh token that does not expire.
  const refreshLifetime = lifetime(extra['refresh_expires_in'])
  return {
    accessToken: access_token,
    expiresAt: answer.sentAt + (lifetime(expires_in) ?? answer.provider.defaultLifetimeMs ?? 3_600_000),
    ...(isText(refresh_token) && { refreshToken: refresh_token }),
    ...(refreshLifetime && { refreshExpiresAt: answer.sentAt + refreshLifetime }),
    ...(isText(scope) && { scope }),
    ...(isText(id_token) && { idToken: id_token }),
    ...(Object.keys(extra).length > 0 && { extra }),
  }
}

/** Some servers leave the type out, which can only mean bearer. */
const isBearer = (type: unknown) =>
  type === undefined || type === null || (typeof type === 'string' && type.toLowerCase() === 'bearer')

/** Returns the lifetime in milliseconds, or `undefined` if the server named none, or no valid one. */
function lifetime(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(expiresIn) ? Number(expiresIn) : expiresIn
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(Math.floor(seconds) * 1000, year) : undefined
}
