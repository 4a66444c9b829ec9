import type { ClientAuth } from '@oauthkit/core'
import { createSigner, type SignerOptions } from './create-signer.ts'
import { checkLifetime, checkNames, checkText, datesOf } from './checks.ts'

/** The options of {@link privateKeyJwt}. */
export type PrivateKeyJwtOptions = SignerOptions & {
  /**
   * The audience, as one string: a name that the server accepts as its own.
   *
   * @defaultValue The provider's `assertionAudience`, else the endpoint that the request is sent to. For a revocation,
   * that is the revocation endpoint.
   */
  readonly audience?: string | undefined
  /**
   * How long an assertion is valid, in milliseconds: from 2000 to 3,600,000, rounded down to whole seconds.
   *
   * The assertion is dated back by half of that time, at most 30 s. So your clock can be fast or slow by as much. Some
   * servers refuse an assertion that was issued more than a minute ago, even if it is still valid.
   *
   * @defaultValue 60_000
   */
  readonly lifetimeMs?: number | undefined
}

/**
 * Makes a client authentication that signs a new assertion for each token request, and puts it in the form: the
 * registered method `private_key_jwt`.
 *
 * An assertion names the server or the endpoint that it is for, its audience. Most servers accept their issuer there, and
 * the endpoint that the request is sent to. Some, such as Keycloak, do not accept their revocation endpoint: then set the
 * provider's `assertionAudience` to its issuer.
 *
 * @throws `TypeError` if an option is wrong. If only the import of the key shows that it is wrong, each token request
 * rejects with a `TypeError`, before anything is sent. No message shows anything of the key.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523.html#section-2.2 RFC 7523 §2.2},
 * {@link https://www.rfc-editor.org/rfc/rfc7523.html#section-3 §3},
 * {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication OpenID Connect Core 1.0 §9}
 * @example
 * ```ts
 * import type { Provider } from '@oauthkit/core'
 * import { privateKeyJwt } from '@oauthkit/private-key-jwt'
 *
 * // The key is PEM, from a file or a vault.
 * export const createProvider = (key: string): Provider => ({
 *   name: 'example',
 *   tokenEndpoint: 'https://id.example.com/token',
 *   apis: ['https://api.example.com'],
 *   clientAuth: privateKeyJwt({ key, algorithm: 'ES256', keyId: 'key-1' }),
 * })
 * ```
 */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuth {
  checkNames(options, ['audience', 'lifetimeMs'])
  const { audience, lifetimeMs = 60_000 } = options
  const { sign, fingerprint } = createSigner(options)
  checkLifetime(lifetimeMs)
  if (audience !== undefined) checkText(audience, 'audience')

  const clientAuth = async ({ form, clientId, provider, endpoint }: Parameters<ClientAuth>[0]): Promise<void> => {
    const aud = audience ?? provider.assertionAudience ?? endpoint
    checkText(aud, 'assertionAudience')
    const assertion = await sign({ iss: clientId, sub: clientId, aud, ...datesOf(lifetimeMs) })
    form.set('client_assertion_type', assertionType)
    form.set('client_assertion', assertion)
  }
  return Object.assign(clientAuth, { fingerprint })
}

/** The value of `client_assertion_type`. See RFC 7523 §2.2. */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
