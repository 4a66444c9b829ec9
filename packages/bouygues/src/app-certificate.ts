import { clientCredentials, type Grant } from '@oauthkit/core'
import { readEnvironment } from '@oauthkit/core/plugin'
import { privateKeyJwt, type SigningKey } from '@oauthkit/private-key-jwt'
import { bouyguesEntreprisesRealm } from './bouygues.ts'

/** What {@link appCertificate} takes. */
export type AppCertificateOptions = {
  /** The consumer key of the application; the source's option `clientId` goes first. @defaultValue `BOUYGUES_CLIENT_ID` */
  readonly clientId?: string | undefined
  /**
   * The RSA private key, of 2048 bits or more, whose public key Bouygues Telecom has: PEM (PKCS#8), a JWK or a `CryptoKey`.
   *
   * @defaultValue The environment variable `BOUYGUES_PRIVATE_KEY`, as PEM or JSON of a JWK.
   */
  readonly privateKey?: SigningKey | undefined
  /**
   * For whom the assertion is, as one string. One page has the token endpoint, another one the realm
   * (`bouyguesEntreprisesRealm.issuer`).
   *
   * @defaultValue The provider's `assertionAudience`, else its token endpoint.
   */
  readonly audience?: string | undefined
  /**
   * How long an assertion is good, in milliseconds. Half of it lies in the past, but no more than 30 s, so the clock may be
   * off by that much, either way.
   *
   * @defaultValue 60_000
   */
  readonly lifetimeMs?: number | undefined
}

/**
 * A token for the application itself, by an assertion that its private key signs; no secret, no `Authorization` header.
 *
 * It brings {@link bouyguesEntreprisesRealm} along.
 *
 * @throws `TypeError` if the key is missing, or is none for RS256; it shows nothing of the key.
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials with certificate}
 */
export function appCertificate(options: AppCertificateOptions = {}): Grant {
  const { clientId, privateKey, audience, lifetimeMs } = options
  const clientAuth = privateKeyJwt({
    key: privateKey ?? readEnvironment('BOUYGUES_PRIVATE_KEY', 'privateKey'),
    algorithm: 'RS256',
    // The same for all clients, as the page has it.
    keyId: 'apim-provisioner',
    header: { use: 'sig', typ: 'JWT' },
    audience,
    lifetimeMs,
  })
  return { ...clientCredentials(), clientId, clientAuth, provider: bouyguesEntreprisesRealm }
}
