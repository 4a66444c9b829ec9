import { discover, none, revoke, type Provider, type Token } from '@oauthkit/core'
import { membersOf, oauthError, parseSecureUrl, withTimeout } from '@oauthkit/core/plugin'
import type { AuthorizationServer } from 'oauth4webapi'
import { endSessionUrl, type EndSessionOptions } from './end-session-url.ts'
import type { UserInfo } from './fetch-user-info.ts'
import type { IdTokenClaims } from './check-id-token.ts'
import type { Discovered } from './authorization-server.ts'
import type { EndpointName } from './metadata.ts'
import type * as OpenIdModule from './openid.ts'
import { clientIdOf, resolveOptions, type LoginOptions, type LoginSettings } from './settings.ts'
import type { LoginRequest, StartOptions } from './start-login.ts'
import { checkTransaction, signInAgain, type LoginTransaction } from './transaction.ts'

export type { LoginOptions } from './settings.ts'

type OpenId = typeof OpenIdModule

/** Signs users in and out at one provider. Each refusal is an `OAuthError`, which shows no secret. */
export type Login<Info extends UserInfo = UserInfo, Claims extends IdTokenClaims | undefined = IdTokenClaims> = {
  /** The provider's name, as in the messages of errors. If only an `issuer` was given, its host. */
  readonly name: string
  /** The URL that users come back to, as in the options. */
  readonly redirectUri: string
  /** Whether users sign in with OpenID Connect. If not, the scope has no `openid`, and `finish` returns no claims. */
  readonly isOpenId: boolean
  /**
   * Starts a sign-in. Send the user's browser to `url`, and keep `transaction` in the user's session.
   *
   * @throws `OAuthError` if the provider's metadata cannot be fetched or is wrong; `TypeError` if an option is wrong.
   */
  start(options?: StartOptions): Promise<LoginRequest>
  /**
   * Finishes a sign-in: checks the callback, redeems its code, only one time, and checks the ID token.
   *
   * Remove the transaction from the session before this call. It is valid for one callback, even if that fails.
   *
   * @param callbackUrl - the URL that the user's browser came back to. Its path and query are enough. A callback at
   * another path than that of `redirectUri` is refused, and so is one at another public host. If a proxy in front of your
   * server changes the path, pass `?` and the query.
   * @param transaction - the one that {@link Login.start} returned for this session, if the session has one.
   * @throws `OAuthError`. `TOKEN_MISSING`: the callback does not belong to the transaction; the user must sign in
   * again. `TOKEN_REFUSED`: the user or the provider refused; see `error`, such as `access_denied`. `TOKEN_MALFORMED`:
   * a check of the response failed; do not trust it. `TOKEN_UNAVAILABLE`: the provider did not answer.
   * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation OpenID Connect Core 1.0 §3.1.3.7}
   */
  finish(
    callbackUrl: string | URL,
    transaction: LoginTransaction | null | undefined,
  ): Promise<{
    /** The tokens of the user, for `setToken` of a token source. */
    token: Token
    /** The claims of the checked ID token. `undefined` for plain OAuth 2.0, which has none. */
    claims: Claims
  }>
  /**
   * Asks the provider who the user is.
   *
   * @param token - the token of {@link Login.finish}, or a renewal of it. The response must be about the same user.
   * @throws `OAuthError`: `TOKEN_REFUSED` if the provider rejects the token, `TOKEN_MALFORMED` if the response is about
   * another user.
   * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#UserInfo OpenID Connect Core 1.0 §5.3}
   */
  userInfo(token: Token): Promise<Info>
  /**
   * Revokes a user's access token, and the refresh token if there is one, at the provider.
   *
   * @throws `OAuthError` if one of them may still be valid.
   * @see {@link https://www.rfc-editor.org/rfc/rfc7009.html RFC 7009}
   */
  revoke(token: Token): Promise<void>
  /**
   * Returns the URL that ends the session at the provider. Send the user's browser there.
   *
   * @see {@link https://openid.net/specs/openid-connect-rpinitiated-1_0.html OpenID Connect RP-Initiated Logout 1.0}
   */
  endSessionUrl(options?: EndSessionOptions): Promise<string>
}

/**
 * The type of the claims for a scope: `undefined` if the scope has no word `openid`. If the type does not fix all words, as
 * `string` does not, the claims may be `undefined`.
 */
export type ClaimsFor<Scope extends string | undefined> = Scope extends undefined
  ? IdTokenClaims
  : ` ${Scope} ` extends `${string} openid ${string}`
    ? IdTokenClaims
    : // No scope contains a quote. So a type that allows one is not fixed.
      Record<'"', never> extends Record<Scope & string, unknown>
      ? IdTokenClaims | undefined
      : Scope extends ''
        ? IdTokenClaims | undefined
        : undefined

/** What is known of a provider before its metadata was fetched. */
function unknownAt(issuer: string): Provider {
  const { host } = parseSecureUrl(issuer, 'issuer')
  return { name: host, issuer, tokenEndpoint: issuer, apis: [], clientAuth: none }
}

/**
 * Makes a login, which signs users in at an OpenID Connect provider: authorization code with PKCE, state and nonce. With a
 * scope without `openid`, it does so at any OAuth 2.0 server: then there is no ID token, and nothing says who the user is.
 *
 * A certified library makes the checks of OpenID Connect. None of them can be switched off.
 *
 * @throws `TypeError` if an option is missing or wrong.
 * @example
 * ```ts
 * import { createLogin } from '@oauthkit/login'
 *
 * const issuer = 'https://id.example.com'
 * const redirectUri = 'https://app.example/callback'
 * export const login = createLogin({ issuer, clientId: 'app', clientSecret: 'secret', redirectUri })
 * ```
 * @example
 * ```ts
 * import { clientSecretBasic } from '@oauthkit/core'
 * import { createLogin } from '@oauthkit/login'
 *
 * const provider = {
 *   name: 'example',
 *   issuer: 'https://id.example.com',
 *   tokenEndpoint: 'https://id.example.com/token',
 *   apis: ['https://api.example.com'],
 *   clientAuth: clientSecretBasic,
 * }
 * const redirectUri = 'https://app.example/callback'
 * const login = createLogin({ provider, clientId: 'app', clientSecret: 'secret', redirectUri })
 *
 * // GET /login: redirect to `url`, and keep `transaction` in the session.
 * export const start = () => login.start()
 * ```
 */
export function createLogin<Info extends UserInfo = UserInfo, const Scope extends string | undefined = undefined>(
  options: LoginOptions<Scope>,
): Login<Info, ClaimsFor<Scope>> {
  const { issuer, ...given } = membersOf(options)
  if ((issuer === undefined) === (given.provider === undefined))
    throw new TypeError('createLogin needs a provider, or an issuer, and not both')
  const settled = resolveOptions({
    ...given,
    provider: issuer === undefined ? (given.provider as Provider) : unknownAt(issuer),
  })
  const { provider, redirectUri, timeoutMs } = settled
  let discovered: Discovered | undefined
  /** The last metadata of the issuer alone. */
  let known: AuthorizationServer | undefined

  /** Finds the provider's endpoints, then runs a step with them. Both together have one deadline. */
  const withServer = <T>(
    step: string,
    endpoint: EndpointName,
    work: (server: AuthorizationServer, settings: LoginSettings, openId: OpenId) => Promise<T>,
  ): Promise<T> => {
    const deadline = new AbortController()
    const { signal } = deadline
    let settings: LoginSettings = { ...settled, signal }
    let doing = step
    /** Why the step needs metadata, if that is not plain. */
    let why: string | undefined
    const run = async () => {
      // Loaded only now, because a process that signs no user in does not need it.
      const openId = await import('./openid.ts')
      try {
        if (issuer !== undefined) {
          doing = 'the look-up of its metadata'
          const { clientAuth, fetch } = given
          // Half of the time, so that the old metadata can still be used if the server does not answer.
          const wait = timeoutMs / 2
          const found = await discover(issuer, { name: provider.name, apis: [], clientAuth, fetch, timeoutMs: wait })
          // The metadata has just named all endpoints, so it need not confirm them.
          const { metadata, ...resolved } = resolveOptions({ ...given, provider: found })
          // The library keeps the keys of each metadata object, so the same metadata stays the same object.
          if (!known || JSON.stringify(known) !== JSON.stringify(metadata)) known = metadata
          settings = { ...resolved, metadata: known, foreign: [], signal }
          doing = step
        }
        if (openId.isComplete(settings, endpoint)) return await work(settings.metadata, settings, openId)
        doing = 'the look-up of its metadata'
        const unconfirmed = openId.toConfirm(settings, endpoint)
        if (unconfirmed.length > 0)
          doing = why = `${doing}, to confirm the ${unconfirmed.join(', ')}, unless trustedEndpoints names it`
        // Keeps the result, not its promise: on Workers, a promise of one request may never settle in another request.
        const { server, metadata } = (discovered ??= await openId.discoverServer(settings))
        openId.checkConfirmed(provider, unconfirmed, metadata)
        doing = step
        why = undefined
        return await work(server, settings, openId)
      } catch (error) {
        throw openId.loginError(provider, doing, error, why !== undefined)
      }
    }
    return withTimeout(run(), timeoutMs, () => {
      deadline.abort()
      const what = `${why ?? step}: no answer within ${timeoutMs} ms: try again later, or raise timeoutMs`
      throw oauthError(provider.name, 'TOKEN_UNAVAILABLE', what)
    })
  }

  const finish = async (callbackUrl: string | URL, remembered: LoginTransaction | null | undefined) => {
    if (!URL.canParse(callbackUrl, redirectUri)) throw signInAgain(provider, 'the callback is not a URL')
    const callback = new URL(callbackUrl, redirectUri)
    const transaction = checkTransaction(settled, remembered, callback)
    return withServer('the sign-in', 'tokenEndpoint', async (server, settings, { finishLogin }) => {
      if (transaction.issuer !== server.issuer)
        throw signInAgain(provider, 'the sign-in was started with another provider')
      const { token, claims } = await finishLogin(settings, server, callback.searchParams, transaction)
      // The scope decides whether there are claims, and its type whether that is known.
      return { token, claims: claims as ClaimsFor<Scope> }
    })
  }

  return {
    name: provider.name,
    redirectUri,
    isOpenId: settled.isOpenId,
    finish,
    start: (request = {}) =>
      withServer('the sign-in', 'authorizationEndpoint', (server, settings, { startLogin }) =>
        startLogin(settings, server, request),
      ),
    userInfo: (token) =>
      withServer(
        'user info',
        'userinfoEndpoint',
        async (server, settings, { fetchUserInfo }) => (await fetchUserInfo(settings, server, token)) as Info,
      ),
    revoke: (token) =>
      withServer(
        'the revocation',
        'revocationEndpoint',
        async ({ revocation_endpoint: revocationEndpoint }, settings) => {
          if (!revocationEndpoint) throw new TypeError(`${provider.name}: revocationEndpoint is missing`)
          const client = { ...settings, provider: { ...settings.provider, revocationEndpoint } }
          const { refreshToken, accessToken } = token
          // Both are tried: if one fails, the other must still be revoked.
          const outcomes = await Promise.allSettled([
            ...(refreshToken ? [revoke({ ...client, token: refreshToken, tokenTypeHint: 'refresh_token' })] : []),
            revoke({ ...client, token: accessToken, tokenTypeHint: 'access_token' }),
          ])
          for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
        },
      ),
    endSessionUrl: (request = {}) =>
      withServer('the log-out', 'endSessionEndpoint', async (server, settings) =>
        endSessionUrl(provider, server, await clientIdOf(settings), request),
      ),
  }
}
