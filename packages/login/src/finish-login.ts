import type { Token } from '@oauthkit/core'
import { oauthError, requestToken } from '@oauthkit/core/plugin'
import {
  clockTolerance,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  validateAuthResponse,
  type AuthorizationServer,
  type Client,
  type IDToken,
} from 'oauth4webapi'
import { checkSignature } from './check-signature.ts'
import { clientIdOf, type LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'

/** The checked claims of the ID token, about the user and the sign-in. See OpenID Connect Core 1.0 §2. */
export type IdTokenClaims = IDToken

/** How fast or slow the provider's clock can be, in seconds. */
const tolerance = 30

/** Returns the client in the form that the OpenID Connect library needs. */
export const clientOf = async (settings: LoginSettings): Promise<Client> => ({
  client_id: await clientIdOf(settings),
  [clockTolerance]: tolerance,
})

/** Redeems the callback's code, only one time, and checks the whole response before the caller sees it. */
export async function finishLogin(
  settings: LoginSettings,
  server: AuthorizationServer,
  callback: URLSearchParams,
  { state, nonce, codeVerifier, maxAge }: LoginTransaction,
): Promise<{ token: Token; claims: IdTokenClaims }> {
  const { provider, redirectUri } = settings
  const malformed = (reason: string) =>
    oauthError(provider.name, 'TOKEN_MALFORMED', `${reason}: do not trust this answer, and sign in again`)
  const client = await clientOf(settings)
  const [code, ...others] = validateAuthResponse(server, client, callback, state).getAll('code')
  if (!code || others.length > 0) throw malformed('the callback has no code, or several')

  const { token_endpoint: tokenEndpoint = provider.tokenEndpoint } = server
  const token = await requestToken({
    ...settings,
    provider: { ...provider, tokenEndpoint },
    parameters: { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier },
  })

  // `requestToken` has read and checked the rest of the response. The library only checks the ID token.
  const answer = Response.json({ access_token: token.accessToken, token_type: 'Bearer', id_token: token.idToken })
  const claims = getValidatedIdTokenClaims(
    await processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
      ...(maxAge !== undefined && { maxAge }),
    }),
  )
  await checkSignature(settings, server, answer)
  if (!claims?.sub) throw malformed('the ID token names no user (sub)')
  // The checks that the library leaves to the application. See OpenID Connect Core 1.0 §3.1.3.7, 3 to 5 and 10.
  const isForAnother = [claims.aud].flat().some((audience) => audience !== client.client_id)
  if (isForAnother) throw malformed('the ID token is for another client too (aud)')
  if (claims.azp !== undefined && claims.azp !== client.client_id)
    throw malformed('the ID token is for another client (azp)')
  if (claims.iat > Date.now() / 1000 + tolerance) throw malformed('the ID token is from the future (iat)')
  return { token, claims }
}
