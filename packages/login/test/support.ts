import { clientSecretBasic, type Provider } from '@oauthkit/core'
import { createLogin, type LoginOptions } from '../src/index.ts'

/** A provider with complete data, so that no metadata is needed. */
export const complete = {
  name: 'example',
  issuer: 'https://id.example',
  authorizationEndpoint: 'https://id.example/authorize?tenant=1',
  tokenEndpoint: 'https://id.example/token',
  userinfoEndpoint: 'https://id.example/userinfo',
  revocationEndpoint: 'https://id.example/revoke',
  endSessionEndpoint: 'https://id.example/logout',
  jwksUri: 'https://id.example/jwks',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
} satisfies Provider

/** A provider with only the required data. */
export const least: Provider = {
  name: 'example',
  issuer: 'https://id.example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://api.example'],
  clientAuth: clientSecretBasic,
}

/** The metadata of that provider. */
export const metadata = {
  issuer: 'https://id.example',
  authorization_endpoint: 'https://id.example/auth',
  token_endpoint: 'https://id.example/other-token',
  jwks_uri: 'https://id.example/jwks',
}

/** Makes a login at a provider whose responses are scripted. Records the requests and their URLs. */
export function scripted(
  provider: Provider,
  answer: () => Response | Promise<Response>,
  own: Partial<LoginOptions> = {},
) {
  const asked: string[] = []
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push(new Request(input).url)
    requests.push(new Request(input, init))
    return answer()
  }
  const redirectUri = 'https://app.example/callback'
  const login = createLogin({ provider, clientId: 'app', clientSecret: 'the-secret', redirectUri, fetch, ...own })
  return { login, asked, requests }
}

/** Returns the error that a promise rejects with. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
