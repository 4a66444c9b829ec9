import { clientCredentials, type Grant } from '@oauthkit/core'
import { readEnvironment } from '@oauthkit/core/plugin'
import { privateKeyJwt, type SigningKey } from '@oauthkit/private-key-jwt'
import { bouyguesEntreprisesRealm } from './bouygues.ts'

/** The options of {@link appCertificate}. */
export type AppCertificateOptions = {
  /**
   * The consumer key of the application. The source's option `clientId` has priority.
   *
   * @defaultValue The environment variable `BOUYGUES_CLIENT_ID`.
   */
  readonly clientId?: string | undefined
  /**
   * The RSA private key: PEM (PKCS#8), a JWK or a `CryptoKey`.
   *
   * It must have 2048 bits or more, and Bouygues Telecom must have its public key.
   *
   * @defaultValue The environment variable `BOUYGUES_PRIVATE_KEY`, as PEM or as the JSON of a JWK.
   */
  readonly privateKey?: SigningKey | undefined
  /**
   * The audience of the assertion, as one string.
   *
   * Bouygues' documentation is not consistent: one page gives the token endpoint, another the realm
   * (`bouyguesEntreprisesRealm.issuer`).
   *
   * @defaultValue The provider's `assertionAudience`, else the endpoint that the request is sent to.
   */
  readonly audience?: string | undefined
  /**
   * How long an assertion is valid, in milliseconds.
   *
   * The assertion is dated back by half of that time, at most 30 s. So your clock can be fast or slow by as much.
   *
   * @defaultValue 60_000
   */
  readonly lifetimeMs?: number | undefined
}

/**
 * Asks for a token for the application itself, by an assertion that the application's private key signs.
 *
 * The request has no secret and no `Authorization` header.
 *
 * The grant selects the provider {@link bouyguesEntreprisesRealm}.
 *
 * @throws `TypeError` if the key is missing or is not a key for RS256. The error shows nothing of the key.
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials with certificate}
 * @example
 * ```ts
 * import { appCertificate, bouyguesAuth } from '@oauthkit/bouygues'
 * import ky from 'ky'
 *
 * // BOUYGUES_CLIENT_ID and BOUYGUES_PRIVATE_KEY come from the environment.
 * export const api = ky.extend(bouyguesAuth({ grant: appCertificate() }))
 * ```
 */
export function appCertificate(options: AppCertificateOptions = {}): Grant {
  const { clientId, privateKey, audience, lifetimeMs } = options
  const clientAuth = privateKeyJwt({
    key: privateKey ?? readEnvironment('BOUYGUES_PRIVATE_KEY', 'privateKey'),
    algorithm: 'RS256',
    // The documentation gives the same key id for all clients.
    keyId: 'apim-provisioner',
    header: { use: 'sig', typ: 'JWT' },
    audience,
    lifetimeMs,
  })
  return { ...clientCredentials(), clientId, clientAuth, provider: bouyguesEntreprisesRealm }
}
