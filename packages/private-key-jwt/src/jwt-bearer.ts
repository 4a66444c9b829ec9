import type { ClientAuth, Grant } from '@oauthkit/core'
import type { JWTPayload } from 'jose'
import { checkLifetime, checkNames, checkText, datesOf } from './checks.ts'
import { createSigner, type SignerOptions } from './create-signer.ts'

/** The options of {@link jwtBearer}. */
export type JwtBearerOptions = SignerOptions & {
  /** Who signs the assertion, its `iss`: usually the client's id. */
  readonly issuer: string
  /** Whom the token is for, the `sub` of the assertion: such as a user, or a phone number. @defaultValue The issuer. */
  readonly subject?: string | undefined
  /**
   * The audience, as one string: a name that the server accepts as its own.
   *
   * @defaultValue The provider's `assertionAudience`, else its token endpoint.
   */
  readonly audience?: string | undefined
  /** The scope, as a claim of the assertion: most servers of this grant read it there. @defaultValue None. */
  readonly scope?: string | undefined
  /**
   * More claims. Not allowed: those that the other options set, and `iat`, `nbf`, `exp`, `jti`.
   *
   * @defaultValue None.
   */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** How long an assertion is valid, in milliseconds: from 2000 to 3,600,000. @defaultValue 60_000 */
  readonly lifetimeMs?: number | undefined
  /**
   * A client authentication, for servers that want one in addition to the assertion. Give it here: the option of the token source
   * would replace the assertion.
   *
   * @defaultValue None: the assertion says who the client is.
   */
  readonly clientAuth?: ClientAuth | undefined
}

/**
 * Makes the grant that gets a token for a signed assertion, without a user: `urn:ietf:params:oauth:grant-type:jwt-bearer`.
 * Each token request has a new assertion.
 *
 * The source needs no `clientId`, which is the issuer, and no client authentication. Sources with different claims never
 * share a token.
 *
 * @throws `TypeError` if an option is wrong. No message shows anything of the key.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523.html#section-2.1 RFC 7523 §2.1}
 * @example
 * ```ts
 * import { createTokenSource, type Provider } from '@oauthkit/core'
 * import { jwtBearer } from '@oauthkit/private-key-jwt'
 *
 * // The key is PEM, from a file or a vault.
 * export const tokensFor = (provider: Provider, key: string, phone: string) =>
 *   createTokenSource({
 *     provider,
 *     grant: jwtBearer({ key, issuer: 'app', subject: `tel:${phone}`, scope: 'openid', lifetimeMs: 300_000 }),
 *   })
 * ```
 */
export function jwtBearer(options: JwtBearerOptions): Grant {
  checkNames(options, ['issuer', 'subject', 'audience', 'scope', 'claims', 'lifetimeMs', 'clientAuth'])
  const { issuer, subject = issuer, audience, scope, claims = {}, lifetimeMs = 60_000 } = options
  const { sign, fingerprint } = createSigner(options)
  checkLifetime(lifetimeMs)
  checkText(issuer, 'issuer')
  checkText(subject, 'subject')
  if (audience !== undefined) checkText(audience, 'audience')
  if (scope !== undefined) checkText(scope, 'scope')
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new TypeError('claims must be an object')
  const taken = Object.keys(claims).find((name) => reserved.has(name))
  if (taken !== undefined) throw new TypeError(`claims must not hold ${taken}: jwtBearer decides it`)
  // A deep copy, so that later changes have no effect.
  const own: JWTPayload = { ...copyOf(claims), ...(scope !== undefined && { scope }), iss: issuer, sub: subject }

  // The client authentication knows the endpoint, which is the usual audience. So it adds the assertion.
  const clientAuth: ClientAuth = async (request) => {
    const { form, provider, endpoint } = request
    if (form.get('grant_type') === grantType) {
      const aud = audience ?? provider.assertionAudience ?? endpoint
      form.set('assertion', await sign({ ...own, aud, ...datesOf(lifetimeMs) }))
    }
    await options.clientAuth?.(request)
  }
  return {
    name: 'jwt_bearer',
    // The claims can be personal data, so logs do not show them.
    // For each key, a store has its own token.
    identity: () => JSON.stringify([own, audience, fingerprint(), options.clientAuth?.fingerprint?.()]),
    clientId: issuer,
    clientAuth,
    parameters: () => ({ grant_type: grantType }),
  }
}

function copyOf(claims: object): JWTPayload {
  try {
    return JSON.parse(JSON.stringify(claims)) as JWTPayload
  } catch {
    throw new TypeError('claims must hold only values that JSON can hold')
  }
}

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The claims that `jwtBearer` decides. */
const reserved = new Set(['iss', 'sub', 'aud', 'scope', 'iat', 'nbf', 'exp', 'jti'])
