import type { ClientAuth } from '@oauthkit/core'
import type { CryptoKey } from 'jose'
import type { SigningAlgorithm } from './algorithms.ts'
import { checkKey, type SigningKey } from './signing-key.ts'

/** The options of {@link privateKeyJwt}. */
export type PrivateKeyJwtOptions = {
  /**
   * The private key. Never put it in a browser or in another program that strangers can read.
   *
   * Sources with the same store share a token if they have the same PEM or JWK. With a `CryptoKey`, they share it only
   * within one process.
   */
  readonly key: SigningKey
  /** The algorithm that signs. @defaultValue The JWK's `alg`, else `RS256`. */
  readonly algorithm?: SigningAlgorithm | undefined
  /** The id that the server finds the public key by: the header's `kid`. @defaultValue The JWK's `kid`, else none. */
  readonly keyId?: string | undefined
  /** More members of the header, such as `typ`. Not allowed: `alg`, `kid`, `b64`, `crit`. @defaultValue None. */
  readonly header?: Readonly<Record<string, string>> | undefined
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
  const { header = {}, audience, lifetimeMs = 60_000 } = options
  const { algorithm, load, fingerprint, ...key } = checkKey(options.key, options.algorithm)
  const { keyId = key.keyId } = options
  if (typeof lifetimeMs !== 'number' || !(lifetimeMs >= 2000 && lifetimeMs <= 3_600_000))
    throw new TypeError('lifetimeMs must be in milliseconds, from 2000 to 3,600,000')
  if (keyId !== undefined) checkText(keyId, 'keyId')
  if (audience !== undefined) checkText(audience, 'audience')
  if (typeof header !== 'object') throw new TypeError('header must be an object')
  for (const [member, value] of Object.entries(header)) {
    checkText(value, `header.${member}`)
    if (['alg', 'kid', 'b64', 'crit'].includes(member)) throw new TypeError(`header must not hold ${member}`)
  }
  // Keeps the key, not its promise: on Workers, a promise of one request may never settle in another request.
  let loaded: CryptoKey | undefined

  const clientAuth = async ({ form, clientId, provider, endpoint }: Parameters<ClientAuth>[0]): Promise<void> => {
    // Loaded only now: jose takes longer to load than all code here, and some processes never sign.
    const { SignJWT } = await import('jose')
    const signingKey = loaded ?? (await load())
    loaded = signingKey
    const lifetime = Math.floor(lifetimeMs / 1000)
    const issuedAt = Math.floor(Date.now() / 1000 - Math.min(lifetime / 2, maxBackdating))
    const intended = audience ?? provider.assertionAudience ?? endpoint
    checkText(intended, 'assertionAudience')
    const assertion = await new SignJWT()
      .setProtectedHeader({ ...header, ...(keyId !== undefined && { kid: keyId }), alg: algorithm })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(intended)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetime)
      .setJti(crypto.randomUUID())
      .sign(signingKey)
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    form.set('client_assertion', assertion)
  }
  return Object.assign(clientAuth, { fingerprint })
}

/** The maximum time by which an assertion is backdated, in seconds. Some servers refuse one older than a minute. */
const maxBackdating = 30

function checkText(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${what} must be a non-empty string`)
}
