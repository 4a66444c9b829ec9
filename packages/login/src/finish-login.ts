import { lookUp, OAuthError, tokenOf, type Token } from '@oauthkit/core'
import {
  authorizationCodeGrantRequest,
  clockTolerance,
  getValidatedIdTokenClaims,
  KEY_SELECTION,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  validateApplicationLevelSignature,
  validateAuthResponse,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  type IDToken,
} from 'oauth4webapi'
import type { Hide } from './login-error.ts'
import { requestOptions } from './request-options.ts'
import { clientIdOf, type LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'

/** What the ID token says of the user and the sign-in; checked. See OpenID Connect Core 1.0 §2. */
export type IdTokenClaims = IDToken

/** How far the provider's clock may be off, in seconds. */
const tolerance = 30

/** The client, as the OpenID Connect library knows it. */
export const clientOf = async (settings: LoginSettings): Promise<Client> => ({
  client_id: await clientIdOf(settings),
  [clockTolerance]: tolerance,
})

/** Exchanges the callback's code, once, and checks everything that comes back before anyone sees it. */
export async function finishLogin(
  settings: LoginSettings,
  server: AuthorizationServer,
  callback: URLSearchParams,
  transaction: LoginTransaction,
  hide: Hide,
): Promise<{ token: Token; claims: IdTokenClaims }> {
  const { provider, redirectUri } = settings
  const { state, nonce, codeVerifier, maxAge } = transaction
  hide(callback.get('code'), state, nonce, codeVerifier)
  const client = await clientOf(settings)
  const parameters = validateAuthResponse(server, client, callback, state)
  const sentAt = Date.now()
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    await clientAuthOf(settings, hide),
    parameters,
    redirectUri,
    codeVerifier,
    requestOptions(settings, server.token_endpoint ?? ''),
  )
  const answer = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
    ...(maxAge !== undefined && { maxAge }),
  })
  await checkSignature(settings, server, response)
  const malformed = (flaw: string) =>
    new OAuthError('TOKEN_MALFORMED', `${provider.name}: the tokenEndpoint answered with ${flaw}`, {
      provider: provider.name,
    })
  const claims = getValidatedIdTokenClaims(answer)
  if (!claims) throw malformed('no ID token')
  // What the library leaves to the application. See OpenID Connect Core 1.0 §3.1.3.7, 5 and 10.
  if (claims.azp !== undefined && claims.azp !== client.client_id)
    throw malformed("an ID token for another's use (azp)")
  if (claims.iat > Date.now() / 1000 + tolerance) throw malformed('an ID token from the future (iat)')
  return { token: tokenOf(answer, { provider, sentAt }, malformed), claims }
}

/** Says who the client is in the provider's way, so that Basic is encoded as the provider wants it. */
async function clientAuthOf(
  { provider, clientId, clientSecret, clientAuth }: LoginSettings,
  hide: Hide,
): Promise<ClientAuth> {
  const id = await lookUp(provider, 'clientId', clientId)
  const secret = clientSecret === undefined ? undefined : await lookUp(provider, 'clientSecret', clientSecret)
  return async (_server, _client, form, headers) => {
    await clientAuth({ form, headers, clientId: id, clientSecret: secret, provider })
    hide(secret, headers.get('authorization')?.split(' ').at(-1), form.get('client_assertion'))
  }
}

/** Checks a signature with the provider's published keys, which are fetched anew if none of those at hand fits. */
export async function checkSignature(
  settings: LoginSettings,
  server: AuthorizationServer,
  response: Response,
): Promise<void> {
  const check = (of: AuthorizationServer) =>
    validateApplicationLevelSignature(of, response, requestOptions(settings, server.jwks_uri ?? ''))
  try {
    await check(server)
  } catch (error) {
    if (!(error instanceof OperationProcessingError) || error.code !== KEY_SELECTION) throw error
    // The keys may just have been rotated. The library keeps them per object, for a minute at least.
    await check({ ...server })
  }
}
