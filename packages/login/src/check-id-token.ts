import type { Token } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import {
  clockSkew,
  getValidatedIdTokenClaims,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  type AuthorizationServer,
  type Client,
  type IDToken,
} from 'oauth4webapi'
import { hasAccessTokenHash, matchesAccessTokenHash } from './access-token-hash.ts'
import { checkSignature } from './check-signature.ts'
import type { LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'

/** The checked claims of the ID token, about the user and the sign-in. See OpenID Connect Core 1.0 §2. */
export type IdTokenClaims = IDToken

/**
 * Checks the ID token of a token response, and returns its claims.
 *
 * @param skewMs - how far the time to check with is ahead of this machine's clock.
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation OpenID Connect Core 1.0 §3.1.3.7}
 */
export async function checkIdToken(
  settings: LoginSettings,
  server: AuthorizationServer,
  client: Client,
  token: Token,
  { nonce, maxAge }: LoginTransaction,
  skewMs = 0,
): Promise<IdTokenClaims> {
  const { provider, trustedAudiences, clockToleranceMs } = settings
  const malformed = (reason: string) =>
    oauthError(provider.name, 'TOKEN_MALFORMED', `${reason}: do not trust this answer, and sign in again`)
  // `requestToken` has read and checked the rest of the response. The library only checks the ID token.
  const answer = Response.json({ access_token: token.accessToken, token_type: 'Bearer', id_token: token.idToken })
  const claims = getValidatedIdTokenClaims(
    await processAuthorizationCodeResponse(server, { ...client, [clockSkew]: skewMs / 1000 }, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
      ...(maxAge !== undefined && { maxAge }),
    }),
  )
  await checkSignature(settings, server, answer)
  // The checks that the library leaves to the application: 3 to 5 and 10, and the hash of §3.1.3.6.
  if (!claims?.sub) throw malformed('the ID token names no user (sub)')
  const trusted = new Set([client.client_id, ...trustedAudiences])
  if ([claims.aud].flat().some((audience) => !trusted.has(audience)))
    throw malformed('the ID token is for another audience too, which is not in trustedAudiences (aud)')
  if (claims.azp !== undefined && claims.azp !== client.client_id)
    throw malformed('the ID token is for another client (azp)')
  if (hasAccessTokenHash(token) && !(await matchesAccessTokenHash(token)))
    throw malformed('the ID token belongs to another access token (at_hash)')
  if (claims.iat * 1000 > Date.now() + skewMs + clockToleranceMs)
    throw new OperationProcessingError('the ID token is from the future (iat)', { code: JWT_TIMESTAMP_CHECK })
  return claims
}
