import { clientSecretBasic, clientSecretPost, none, type ClientAuth } from '@oauthkit/core'
import { privateKeyJwt, type PrivateKeyJwtOptions, type SigningAlgorithm } from '@oauthkit/private-key-jwt'
import { exportJWK, generateKeyPair } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import { times } from './support.ts'

/** A client: the metadata that the server has about it, and the client's own options. */
export type RegisteredClient<Options> = { readonly metadata: ClientMetadata; readonly options: Options }

type SecretOptions = { readonly clientId: string; readonly clientSecret: string; readonly clientAuth: ClientAuth }

type KeyOptions = { readonly clientId: string; readonly clientAuth: ClientAuth }

/** All characters that ids and secrets can contain: RFC 6749, appendices A.1 and A.2. No blank may be at an end. */
export const allCharacters = times(95, (number) => String.fromCharCode(0x20 + number)).join('')

const clientId = `id ${allCharacters}`

const clientSecret = `secret ${allCharacters}`

/** A client that sends its secret in the header. Options can be changed. */
export const withHeader = (own: Partial<SecretOptions> = {}): RegisteredClient<SecretOptions> => ({
  metadata: { client_id: clientId, client_secret: clientSecret, token_endpoint_auth_method: 'client_secret_basic' },
  options: { clientId, clientSecret, clientAuth: clientSecretBasic, ...own },
})

/** A client that sends its secret in the form. Options can be changed. */
export const withForm = (own: Partial<SecretOptions> = {}): RegisteredClient<SecretOptions> => ({
  metadata: { client_id: clientId, client_secret: clientSecret, token_endpoint_auth_method: 'client_secret_post' },
  options: { clientId, clientSecret, clientAuth: clientSecretPost, ...own },
})

/** A public client, such as an app on the user's own device. */
export const withNothing = (): RegisteredClient<KeyOptions> => ({
  metadata: { client_id: 'app', token_endpoint_auth_method: 'none' },
  options: { clientId: 'app', clientAuth: none },
})

/** A client that signs assertions with a new key. */
export async function withKey(
  algorithm: SigningAlgorithm,
  own?: Partial<PrivateKeyJwtOptions>,
): Promise<RegisteredClient<KeyOptions>> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const [key, known] = await Promise.all([exportJWK(privateKey), exportJWK(publicKey)])
  return {
    metadata: {
      client_id: 'signer',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks: { keys: [known] },
    },
    options: { clientId: 'signer', clientAuth: privateKeyJwt({ key, algorithm, ...own }) },
  }
}
