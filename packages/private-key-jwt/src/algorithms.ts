/**
 * The algorithms that can sign an assertion. `EdDSA` and `Ed25519` are two names of one algorithm: use the name that
 * the server knows.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518.html#section-3.1 RFC 7518 §3.1}, {@link https://www.rfc-editor.org/rfc/rfc9864.html#section-2.2 RFC 9864 §2.2}
 */
export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** The kind of key that an algorithm needs. */
type KeyDemand = {
  /** The kind of key in words, for messages. */
  readonly what: string
  /** The `kty` of a JWK. See RFC 7518 §6.1. */
  readonly kty: string
  /** The `crv` of a JWK, and the `namedCurve` of a CryptoKey. */
  readonly curve?: string
  /** The algorithm's name in Web Cryptography. */
  readonly name: string
  /** The hash's name in Web Cryptography, if a key works with one hash only. */
  readonly hash?: string
}

const rsa = (name: string, bits: number): KeyDemand => ({
  what: 'an RSA key of 2048 bits or more',
  kty: 'RSA',
  name,
  hash: `SHA-${bits}`,
})

const ec = (curve: string): KeyDemand => ({ what: `an EC key on ${curve}`, kty: 'EC', curve, name: 'ECDSA' })

const ed25519: KeyDemand = { what: 'an Ed25519 key', kty: 'OKP', curve: 'Ed25519', name: 'Ed25519' }

/** The kind of key that each algorithm needs. A name that is not in this list cannot sign assertions. */
export const demands: Readonly<Record<SigningAlgorithm, KeyDemand>> = {
  RS256: rsa('RSASSA-PKCS1-v1_5', 256),
  RS384: rsa('RSASSA-PKCS1-v1_5', 384),
  RS512: rsa('RSASSA-PKCS1-v1_5', 512),
  PS256: rsa('RSA-PSS', 256),
  PS384: rsa('RSA-PSS', 384),
  PS512: rsa('RSA-PSS', 512),
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: ed25519,
  Ed25519: ed25519,
}

/** Returns an algorithm, or throws a `TypeError` if it cannot sign assertions. */
export function checkAlgorithm(algorithm: SigningAlgorithm): SigningAlgorithm {
  if (Object.hasOwn(demands, algorithm)) return algorithm
  throw new TypeError(`algorithm must be one of ${Object.keys(demands).join(', ')}`)
}
