import type { Token } from '@oauthkit/core'
import { createRedactor, oauthError, requestToken } from '@oauthkit/core/plugin'
import { clockTolerance, validateAuthResponse, type AuthorizationServer, type Client } from 'oauth4webapi'
import { checkIdToken, type IdTokenClaims } from './check-id-token.ts'
import { clockError, isTimeError, loginError } from './login-error.ts'
import { clientIdOf, type LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'
import { watchClock } from './watch-clock.ts'

/** Returns the client in the form that the OpenID Connect library needs. */
export const clientOf = async (settings: LoginSettings): Promise<Client> => ({
  client_id: await clientIdOf(settings),
  [clockTolerance]: settings.clockToleranceMs / 1000,
})

/** Redeems the callback's code, only one time, and checks the whole response before the caller sees it. */
export async function finishLogin(
  settings: LoginSettings,
  server: AuthorizationServer,
  callback: URLSearchParams,
  transaction: LoginTransaction,
): Promise<{ token: Token; claims: IdTokenClaims | undefined }> {
  const { provider, redirectUri } = settings
  const { state, codeVerifier } = transaction
  const client = await clientOf(settings)
  const validate = () => {
    try {
      return validateAuthResponse(server, client, callback, state)
    } catch (error) {
      const redact = createRedactor([...callback.getAll('code'), state, transaction.nonce, codeVerifier])
      throw loginError(provider, 'the sign-in', error, false, redact)
    }
  }
  const [code, ...others] = validate().getAll('code')
  if (!code || others.length > 0) {
    const what = 'the callback has no code, or several: do not trust this answer, and sign in again'
    throw oauthError(provider.name, 'TOKEN_MALFORMED', what)
  }

  const { token_endpoint: tokenEndpoint = provider.tokenEndpoint } = server
  const clock = watchClock(settings.fetch)
  const token = await requestToken({
    ...settings,
    fetch: clock.fetch,
    provider: { ...provider, tokenEndpoint },
    parameters: { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier },
  }).finally(clock.close)

  if (!settings.isOpenId) {
    // What is not checked is not returned.
    const { idToken: _unchecked, ...plain } = token
    return { token: plain, claims: undefined }
  }
  const check = (skewMs?: number) => checkIdToken(settings, server, client, token, transaction, skewMs)
  try {
    return { token, claims: await check() }
  } catch (error) {
    const offsetMs = clock.offsetMs()
    if (offsetMs === undefined || !isTimeError(error)) throw error
    // If the server's clock finds nothing wrong, the clock of this machine is the likely cause.
    const passes = await check(offsetMs).then(
      () => true,
      () => false,
    )
    throw passes ? clockError(provider, error, offsetMs) : error
  }
}
