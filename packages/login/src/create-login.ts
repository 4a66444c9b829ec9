import { revoke, type Token } from '@oauthkit/core'
import { oauthError, withTimeout } from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'
import { endSessionUrl, type EndSessionOptions } from './end-session-url.ts'
import type { UserInfo } from './fetch-user-info.ts'
import type { IdTokenClaims } from './finish-login.ts'
import type * as OpenIdModule from './openid.ts'
import { clientIdOf, resolveOptions, type LoginOptions, type LoginSettings } from './settings.ts'
import type { LoginRequest, StartOptions } from './start-login.ts'
import { checkTransaction, signInAgain, type LoginTransaction } from './transaction.ts'

export type { LoginOptions } from './settings.ts'

type OpenId = typeof OpenIdModule

/** Signs users in and out at one provider. Whatever is refused is an `OAuthError`, and nothing secret is in it. */
export type Login<Info extends UserInfo = UserInfo> = {
  /**
   * Starts a sign-in: send the user's browser to `url`, and keep `transaction` in the user's session.
   *
   * @throws `OAuthError` if the provider's metadata cannot be had; `TypeError` for wrong use.
   */
  start(options?: StartOptions): Promise<LoginRequest>
  /**
   * Ends a sign-in: checks the callback, exchanges its code, once, and checks the ID token.
   *
   * Take the transaction out of the session before, whatever comes of this: it is good for one callback.
   *
   * @param callbackUrl - the URL that the user's browser came back to; a path with its query will do.
   * @param transaction - what {@link Login.start} gave for this session; none if the session has none.
   * @throws `OAuthError`: `TOKEN_MISSING` if the callback does not belong to the transaction: the user is to sign in again;
   * `TOKEN_REFUSED` if the user or the provider said no (`error`, such as `access_denied`); `TOKEN_MALFORMED` if something
   * of the answer does not hold: it is not to be trusted; `TOKEN_UNAVAILABLE` if the provider did not answer.
   * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation OpenID Connect Core 1.0 §3.1.3.7}
   */
  finish(
    callbackUrl: string | URL,
    transaction: LoginTransaction | null | undefined,
  ): Promise<{ token: Token; claims: IdTokenClaims }>
  /**
   * Asks the provider who the user is.
   *
   * @param token - what {@link Login.finish} gave, or a renewal of it: what comes back must be about the same user.
   * @throws `OAuthError`: `TOKEN_REFUSED` if the token is no longer good, `TOKEN_MALFORMED` if the answer is about someone else.
   * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#UserInfo OpenID Connect Core 1.0 §5.3}
   */
  userInfo(token: Token): Promise<Info>
  /**
   * Revokes a user's refresh token, if there is one, and access token at the provider.
   *
   * @throws `OAuthError` if one may still be alive.
   * @see {@link https://www.rfc-editor.org/rfc/rfc7009.html RFC 7009}
   */
  revoke(token: Token): Promise<void>
  /**
   * Says where to send the user's browser, so that the session at the provider ends as well.
   *
   * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html OpenID Connect RP-Initiated Logout 1.0}
   */
  endSessionUrl(options?: EndSessionOptions): Promise<string>
}

/**
 * Makes what signs users in at an OpenID Connect provider: authorization code with PKCE, state and nonce.
 *
 * All of OpenID Connect is done by a certified library; there is no way to switch one of its checks off.
 *
 * @throws `TypeError` if an option is missing or wrong.
 */
export function createLogin<Info extends UserInfo = UserInfo>(options: LoginOptions): Login<Info> {
  const settled = resolveOptions(options)
  const { provider, redirectUri, timeoutMs } = settled
  let authorizationServer: AuthorizationServer | undefined

  /** Finds out about the provider, and does a step with that: all of it by one deadline. */
  const withServer = <T>(
    step: string,
    work: (server: AuthorizationServer, settings: LoginSettings, openId: OpenId) => Promise<T>,
  ): Promise<T> => {
    const deadline = new AbortController()
    const settings = { ...settled, signal: deadline.signal }
    const run = async () => {
      // Only now: who serves the tokens of users that signed in elsewhere need not load it.
      const openId = await import('./openid.ts')
      let doing = 'the look-up of its metadata'
      try {
        // The result, not the promise of it: on Workers, one request's promise may never settle in another.
        authorizationServer ??= await openId.findAuthorizationServer(settings)
        doing = step
        return await work(authorizationServer, settings, openId)
      } catch (error) {
        throw openId.loginError(provider, doing, error)
      }
    }
    return withTimeout(run(), timeoutMs, () => {
      deadline.abort()
      const what = `${step}: no answer within ${timeoutMs} ms: try again later, or raise timeoutMs`
      throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what)
    })
  }

  const finish: Login['finish'] = async (callbackUrl, remembered) => {
    if (!URL.canParse(callbackUrl, redirectUri)) throw signInAgain(provider, 'the callback is not a URL')
    const { searchParams } = new URL(callbackUrl, redirectUri)
    const transaction = checkTransaction(provider, remembered, searchParams)
    return withServer('the sign-in', async (server, settings, { finishLogin }) => {
      if (transaction.issuer !== server.issuer)
        throw signInAgain(provider, 'the sign-in was started with another provider')
      return finishLogin(settings, server, searchParams, transaction)
    })
  }

  return {
    finish,
    start: (request = {}) =>
      withServer('the sign-in', (server, settings, { startLogin }) => startLogin(settings, server, request)),
    userInfo: (token) =>
      withServer(
        'user info',
        async (server, settings, { fetchUserInfo }) => (await fetchUserInfo(settings, server, token)) as Info,
      ),
    revoke: (token) =>
      withServer('the revocation', async ({ revocation_endpoint: revocationEndpoint }, settings) => {
        if (!revocationEndpoint) throw new TypeError(`${provider.name}: revocationEndpoint is missing`)
        const client = { ...settings, provider: { ...provider, revocationEndpoint } }
        const { refreshToken, accessToken } = token
        // Each for itself: that one fails is no reason to leave the other alive.
        const outcomes = await Promise.allSettled([
          ...(refreshToken ? [revoke({ ...client, token: refreshToken, tokenTypeHint: 'refresh_token' })] : []),
          revoke({ ...client, token: accessToken, tokenTypeHint: 'access_token' }),
        ])
        for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      }),
    endSessionUrl: (request = {}) =>
      withServer('the log-out', async (server, settings) =>
        endSessionUrl(provider, server, await clientIdOf(settings), request),
      ),
  }
}
