/** A project that signs users in. */
import { clientSecretPost, type Provider } from '@oauthkit/core'
import { createLogin, type IdTokenClaims, type Login, type LoginTransaction } from '@oauthkit/login'

const provider: Provider = {
  name: 'acme',
  issuer: 'https://id.acme.example',
  tokenEndpoint: 'https://id.acme.example/token',
  apis: ['https://api.acme.example'],
  clientAuth: clientSecretPost,
}

export const login: Login = createLogin({
  provider,
  clientId: 'me',
  clientSecret: 'secret',
  redirectUri: 'https://app.example/callback',
})

export async function begin(): Promise<[string, LoginTransaction]> {
  const { url, transaction } = await login.start()
  return [url, transaction]
}

export const finish = (callback: string, transaction: LoginTransaction): Promise<IdTokenClaims> =>
  login.finish(callback, transaction).then(({ claims }) => claims)

// @ts-expect-error -- the transaction must come from `start`, and not be made up
export const forged = login.finish('https://app.example/callback', { state: 1 })
