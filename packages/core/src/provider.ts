/**
 * What is to be known about one authorization server: plain data, so that a sandbox is a spread of it.
 *
 * ```ts
 * const sandbox: Provider = { ...orange, tokenEndpoint: 'https://sandbox.example/token', apis: ['https://sandbox.example'] }
 * ```
 */
export type Provider = {
  /** What errors and events call it. */
  readonly name: string
  /** The issuer identifier, which signed-in users' ID tokens name. See RFC 8414 §2, OpenID Connect Core 1.0 §2. */
  readonly issuer?: string | undefined
  /**
   * Where its OpenID Connect metadata is, for what this object does not say by itself.
   *
   * @defaultValue The issuer's `/.well-known/openid-configuration`.
   */
  readonly discoveryUrl?: string | undefined
  /** Where users are sent to sign in. See RFC 6749 §3.1. */
  readonly authorizationEndpoint?: string | undefined
  /** Where tokens are asked for: `https:`, or `http:` on loopback. */
  readonly tokenEndpoint: string
  /** Where tokens are revoked. See RFC 7009. */
  readonly revocationEndpoint?: string | undefined
  /** Where it says who signed in. See OpenID Connect Core 1.0 §5.3. */
  readonly userinfoEndpoint?: string | undefined
  /** How the userinfo endpoint is asked. @defaultValue `GET` */
  readonly userinfoMethod?: 'GET' | 'POST' | undefined
  /** Where users are sent to sign out. See OpenID Connect RP-Initiated Logout 1.0 §2. */
  readonly endSessionEndpoint?: string | undefined
  /** Where the keys are that its ID tokens are signed with. See RFC 7517 §5. */
  readonly jwksUri?: string | undefined
  /** Whether it always says who it is when a user comes back. See RFC 9207 §3. @defaultValue Its metadata's, else `false`. */
  readonly authorizationResponseIssParameterSupported?: boolean | undefined
  /** How its ID tokens are signed: the algorithms that are taken. @defaultValue Its metadata's, else `RS256` alone. */
  readonly idTokenSigningAlgorithms?: readonly string[] | undefined
  /**
   * The URL prefixes of the APIs that take its tokens, by whole path segments: `https:`, or `http:` on loopback.
   *
   * Empty where only its customers know them: then the option `apis` is required.
   */
  readonly apis: readonly string[]
  /** The URL prefixes within `apis` that do not take its tokens. */
  readonly exceptApis?: readonly string[] | undefined
  /** How the client proves who it is. */
  readonly clientAuth: ClientAuth
  /** The audience of signed client assertions. @defaultValue The token endpoint. */
  readonly assertionAudience?: string | undefined
  /**
   * The API's statuses that may mean a rejected token.
   *
   * @defaultValue `[401]`
   */
  readonly rejectedStatuses?: readonly number[] | undefined
  /**
   * Whether an API's response of one of the `rejectedStatuses` means that it rejects the token.
   *
   * It gets a copy to read, whose body is cut off at 16 kB.
   *
   * @defaultValue Yes, unless the `WWW-Authenticate` header says that it is about something else.
   */
  readonly isRejected?: ((response: Response) => boolean | Promise<boolean>) | undefined
  /**
   * The lifetime of a token whose answer names none, in milliseconds.
   *
   * @defaultValue 3_600_000
   */
  readonly defaultLifetimeMs?: number | undefined
  /**
   * How long before its end a token is renewed, in milliseconds; never more than half of the token's lifetime.
   *
   * @defaultValue A tenth of the lifetime, at most 300_000.
   */
  readonly renewalMarginMs?: number | undefined
  /** The header of the token endpoint's answers that names the request for the server's support. @defaultValue `X-Request-Id` */
  readonly requestIdHeader?: string | undefined
}

/** A token request before it is sent, which a {@link ClientAuth} completes. */
export type ClientAuthRequest = {
  /** The form, under wire names. */
  readonly form: URLSearchParams
  /** The headers. */
  readonly headers: Headers
  /** The client's id. */
  readonly clientId: string
  /** The client's secret, if it has one. */
  readonly clientSecret?: string | undefined
  /** The authorization server that is asked. */
  readonly provider: Provider
}

/**
 * How a client proves who it is: a function that edits the form and the headers, again for each token request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3 RFC 6749 §2.3}
 */
export type ClientAuth = {
  (request: ClientAuthRequest): void | Promise<void>
  /**
   * Tells its credential from others where that is not the client secret, so that a wrong key does not find in a store what
   * the right one was granted. It may be the credential itself: stores see a hash.
   */
  readonly fingerprint?: () => string
}
