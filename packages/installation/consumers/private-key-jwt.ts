/** A project whose client signs assertions. */
import type { ClientAuth } from '@oauthkit/core'
import { privateKeyJwt, type SigningAlgorithm, type SigningKey } from '@oauthkit/private-key-jwt'

const algorithm: SigningAlgorithm = 'ES256'

export const clientAuth = (key: SigningKey): ClientAuth => privateKeyJwt({ key, algorithm, lifetimeMs: 30_000 })

export const ofWebCrypto = (key: CryptoKey): ClientAuth => clientAuth(key)

// @ts-expect-error -- `none` is not a signing algorithm
privateKeyJwt({ key: 'PEM', algorithm: 'none' })
