import type { AddHeaders } from './token.ts'

/**
 * The description of one authorization server and its APIs. It is a plain object, so a spread can describe a sandbox.
 *
 * @example
 * ```ts
 * import type { Provider } from '@oauthkit/core'
 * import { orange } from '@oauthkit/orange'
 *
 * export const sandbox: Provider = {
 *   ...orange,
 *   tokenEndpoint: 'https://sandbox.example/token',
 *   apis: ['https://sandbox.example'],
 * }
 * ```
 * @group For package authors
 */
export type Provider = {
  /** The provider's name in errors and events. */
  readonly name: string
  /** The issuer identifier, as in the users' ID tokens. See RFC 8414 §2, OpenID Connect Core 1.0 §2. */
  readonly issuer?: string | undefined
  /**
   * The URL of the OpenID Connect metadata. `@oauthkit/login` fetches it for the values that this object leaves out, and to
   * confirm an endpoint that is not below the issuer. Core does not read it.
   *
   * @defaultValue The issuer's `/.well-known/openid-configuration`.
   */
  readonly discoveryUrl?: string | undefined
  /** The URL where users sign in. See RFC 6749 §3.1. */
  readonly authorizationEndpoint?: string | undefined
  /** The URL for token requests: `https:`, or `http:` on loopback and for the `insecureHosts`. */
  readonly tokenEndpoint: string
  /**
   * How the token endpoint wants its requests, if not as RFC 6749 §3.2 says:
   *
   * - `{ method: 'GET' }`: the parameters are in the query of the URL. URLs are logged, so a request with a secret among
   *   its parameters is a `TypeError`: the client authentication must use headers.
   * - `{ body: 'json' }`: the parameters are the members of a JSON object.
   *
   * @defaultValue A `POST` with a form.
   */
  readonly tokenRequest?: TokenRequestShape | undefined
  /**
   * Further values of `token_type` that mean a bearer token, in any case, such as `access_token`. The header is always
   * `Bearer …`.
   *
   * @defaultValue None: only `Bearer`, in any case, or no `token_type`.
   */
  readonly tokenTypes?: readonly string[] | undefined
  /** The URL for requests that revoke a token. See RFC 7009. */
  readonly revocationEndpoint?: string | undefined
  /** The URL that returns information about the signed-in user. See OpenID Connect Core 1.0 §5.3. */
  readonly userinfoEndpoint?: string | undefined
  /** The HTTP method of requests to the userinfo endpoint. @defaultValue `GET` */
  readonly userinfoMethod?: 'GET' | 'POST' | undefined
  /** The URL where users sign out. See OpenID Connect RP-Initiated Logout 1.0 §2. */
  readonly endSessionEndpoint?: string | undefined
  /** The URL of the keys that verify its ID tokens. See RFC 7517 §5. */
  readonly jwksUri?: string | undefined
  /**
   * Whether the server always names its issuer when it sends a user back. See RFC 9207 §3.
   *
   * @defaultValue The value in its metadata, else `false`.
   */
  readonly authorizationResponseIssParameterSupported?: boolean | undefined
  /** The accepted signature algorithms of its ID tokens. @defaultValue The list in its metadata, else only `RS256`. */
  readonly idTokenSigningAlgorithms?: readonly string[] | undefined
  /**
   * The allowed URLs, as prefixes that match whole path segments: `https:`, or `http:` on loopback and for the
   * `insecureHosts`. The provider's tokens are sent to no other URL.
   *
   * The list is empty if only the provider's customers know the URLs. The option `apis` is then required.
   */
  readonly apis: readonly string[]
  /**
   * The hosts whose URLs may be `http:`, with their ports, such as `keycloak:8080` in a network of containers. Secrets and
   * tokens can be read by everything on the way to them.
   *
   * @defaultValue None: only loopback.
   */
  readonly insecureHosts?: readonly string[] | undefined
  /** Exceptions within `apis`, as URL prefixes. Its tokens are not sent there. */
  readonly exceptApis?: readonly string[] | undefined
  /** The client authentication: it adds the client's credentials to each request. */
  readonly clientAuth: ClientAuth
  /**
   * Whether a request with a refresh token must name the scope: that of the option `scope`, else the granted one.
   *
   * @defaultValue `false`: the new token has the scope that was granted. See RFC 6749 §6.
   */
  readonly refreshWithScope?: boolean | undefined
  /**
   * Returns further headers for each call that gets a token, such as a subscription key. Like the token, they are sent to
   * the `apis` only. See {@link TokenSource.headers}.
   */
  readonly headers?: AddHeaders | undefined
  /**
   * Whether each token is for one call only. Then each call requests its own: tokens are neither kept nor shared, and a
   * `store` is not allowed. A token request that fails is not repeated.
   *
   * @defaultValue `false`
   */
  readonly singleUse?: boolean | undefined
  /** The audience of signed client assertions. @defaultValue The endpoint that the request is sent to. */
  readonly assertionAudience?: string | undefined
  /**
   * The API's statuses that can mean a rejected token.
   *
   * @defaultValue `[401]`
   */
  readonly rejectedStatuses?: readonly number[] | undefined
  /**
   * Whether an API's response with one of the `rejectedStatuses` means that the API rejects the token.
   *
   * It receives a copy of the response. Its body is read only if this function reads it: the first 16 kB, within one
   * second. A body that takes longer is empty.
   *
   * @defaultValue `true`, unless the `WWW-Authenticate` header names another reason.
   */
  readonly isRejected?: ((response: Response) => boolean | Promise<boolean>) | undefined
  /**
   * The lifetime of a token if the response does not name one, in milliseconds.
   *
   * @defaultValue 3_600_000
   */
  readonly defaultLifetimeMs?: number | undefined
  /**
   * About how long before its expiry a token is renewed, in milliseconds: each process adds or takes away up to 10 % at
   * random, so that not all renew at once. It counts as at least 1100, and as at most 60 % of the token's lifetime.
   *
   * @defaultValue A tenth of the lifetime, at most 300_000.
   */
  readonly renewalMarginMs?: number | undefined
  /**
   * The header of the token endpoint's responses that holds the id of the request, for the server's support.
   *
   * @defaultValue `X-Request-Id`
   */
  readonly requestIdHeader?: string | undefined
  /**
   * Translates an answer of the token endpoint, a token or an error, into the names of RFC 6749 §5. It is needed if the
   * server uses names of its own:
   *
   * ```ts
   * readTokenResponse: (members) =>
   *   members['error_description'] === 'session not found' ? { ...members, error: 'invalid_grant' } : members
   * ```
   *
   * If the grant cannot get a token by itself, only the error `invalid_grant` ends a refresh token, and the user must sign
   * in again. Any other grant starts over after each refusal. An answer with the status 408, 429 or 5xx always means: try
   * again later.
   *
   * @param members - the members of the JSON answer. An empty object if it is no JSON object.
   * @param status - the status of the answer.
   * @returns the members under the names of RFC 6749. If the function throws or returns no object, the error is
   * `TOKEN_MALFORMED`.
   * @defaultValue The members as they are.
   */
  readonly readTokenResponse?:
    | ((members: Readonly<Record<string, unknown>>, status: number) => Readonly<Record<string, unknown>>)
    | undefined
}

/**
 * How a token endpoint wants its requests. See {@link Provider.tokenRequest}.
 *
 * @group For package authors
 */
export type TokenRequestShape =
  | {
      /** The parameters are in the query of the URL. */
      readonly method: 'GET'
    }
  | {
      /** The parameters are the members of a JSON object. */
      readonly body: 'json'
    }

/**
 * A request to an authorization server before it is sent. A {@link ClientAuth} adds the client's credentials to it.
 *
 * @group For package authors
 */
export type ClientAuthRequest = {
  /** The form parameters, under their wire names. */
  readonly form: URLSearchParams
  /** The headers. */
  readonly headers: Headers
  /** The client's id. */
  readonly clientId: string
  /** The client's secret, if it has one. */
  readonly clientSecret?: string | undefined
  /** The authorization server that receives the request. */
  readonly provider: Provider
  /** The URL that receives the request, as the provider's data spells it: its token endpoint or its revocation endpoint. */
  readonly endpoint: string
}

/**
 * A client authentication: a function that adds the client's credentials to the form or the headers. It runs again for
 * each request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3 RFC 6749 §2.3}
 * @group For package authors
 */
export type ClientAuth = {
  (request: ClientAuthRequest): void | Promise<void>
  /**
   * Returns a text that identifies the credential, if the credential is not the client secret. With it, a client
   * with a wrong key does not find the tokens of the right key in a store. It can return the credential itself: stores
   * see a hash.
   */
  readonly fingerprint?: () => string
}
