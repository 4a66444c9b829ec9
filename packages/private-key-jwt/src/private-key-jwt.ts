import type { ClientAuth } from '@oauthkit/core'
import type { CryptoKey } from 'jose'
import type { SigningAlgorithm } from './algorithms.ts'
import { checkKey, type SigningKey } from './signing-key.ts'

/** What {@link privateKeyJwt} takes. */
export type PrivateKeyJwtOptions = {
  /**
   * The private key. It does not belong in a browser or any other program that strangers can read.
   *
   * Sources over one store share a token if they have the same PEM or JWK; with a `CryptoKey`, only within one process.
   */
  readonly key: SigningKey
  /** How to sign. @defaultValue The JWK's `alg`, else `RS256`. */
  readonly algorithm?: SigningAlgorithm | undefined
  /** The id by which the server finds the public key: the header's `kid`. @defaultValue The JWK's `kid`, else none is sent. */
  readonly keyId?: string | undefined
  /** Further members of the header, such as `typ`; not those that change what it means. @defaultValue None. */
  readonly header?: Readonly<Record<string, string>> | undefined
  /**
   * For whom the assertion is: what the server takes for its own name, as one string.
   *
   * @defaultValue The provider's `assertionAudience`, else its token endpoint.
   */
  readonly audience?: string | undefined
  /**
   * How long an assertion is good, in milliseconds: from 2000 to 3,600,000, in whole seconds.
   *
   * Half of it lies in the past, but no more than 30 s, so the clock may be off by that much, either way. Some servers take no
   * assertion that was issued more than a minute ago, however long it is good.
   *
   * @defaultValue 60_000
   */
  readonly lifetimeMs?: number | undefined
}

/**
 * A signed assertion in the form, made anew for each token request: the registered method `private_key_jwt`.
 *
 * ```ts
 * const source = createTokenSource({ provider, clientId: 'app', clientAuth: privateKeyJwt({ key, keyId: 'key-1' }) })
 * ```
 *
 * @throws `TypeError` if an option is wrong. What cannot be seen of a key before it is imported, token requests reject
 * with: a `TypeError` as well, before anything is sent. No message shows anything of the key.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523.html#section-2.2 RFC 7523 §2.2},
 * {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication OpenID Connect Core 1.0 §9}
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
  // The key, not the promise of it: on Workers, one request's promise may never settle in another.
  let loaded: CryptoKey | undefined

  const clientAuth = async ({ form, clientId, provider }: Parameters<ClientAuth>[0]): Promise<void> => {
    // Only now, since it takes longer to load than all of this, and not everyone who may sign does.
    const { SignJWT } = await import('jose')
    const signingKey = loaded ?? (await load())
    loaded = signingKey
    const lifetime = Math.floor(lifetimeMs / 1000)
    const issuedAt = Math.floor(Date.now() / 1000 - Math.min(lifetime / 2, maxBackdating))
    const intended = audience ?? provider.assertionAudience ?? provider.tokenEndpoint
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

/** How far back an assertion is dated at most, in seconds: servers may refuse one that is more than a minute old. */
const maxBackdating = 30

function checkText(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${what} must be a non-empty string`)
}
