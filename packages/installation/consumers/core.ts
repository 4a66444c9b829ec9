/** A project with an authorization server for which there is no package. */
import {
  bearer,
  bearerFetch,
  clientCredentials,
  clientSecretBasic,
  createTokenSource,
  isOAuthError,
  tokensBy,
  type ClientAuth,
  type OAuthErrorCode,
  type Provider,
  type Token,
  type TokenEvent,
  type TokenSource,
  type TokenStore,
} from '@oauthkit/core'
import { createTokenEndpoint, testProvider, testTokenSource, testTokenStore } from '@oauthkit/core/testing'
import ky, { type KyInstance } from 'ky'

const clientAuth: ClientAuth = async (request) => {
  await clientSecretBasic(request)
  request.headers.set('X-Partner', 'me')
}

const provider: Provider = {
  name: 'acme',
  tokenEndpoint: 'https://auth.acme.example/token',
  apis: ['https://api.acme.example'],
  clientAuth,
}

const store: TokenStore = new Map<string, Token>()
const client = { provider, clientId: 'me', clientSecret: async () => 'secret', grant: clientCredentials(), store }
const onEvent = ({ type }: TokenEvent): void => console.log(type)

export const tenants: (tenant: string) => TokenSource = tokensBy((key) =>
  createTokenSource({ ...client, key, onEvent }),
)

export const api: KyInstance = ky.extend(bearer(tenants('one')))
export const perCall = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
export const fetchWithToken: typeof fetch = bearerFetch(tenants('two'))

export const codeOf = (error: unknown): OAuthErrorCode | undefined => (isOAuthError(error) ? error.code : undefined)

export const expiryOf = async (source: TokenSource): Promise<number | undefined> => (await source.getToken()).expiresAt

const test = (name: string, check: () => Promise<void>): void => void check().then(() => console.log(name))
testProvider(test, provider)
testTokenStore(test, () => new Map())
testTokenSource(test, () => createTokenSource({ ...client, fetch: createTokenEndpoint().fetch }))

// @ts-expect-error -- a client id is a string
createTokenSource({ ...client, clientId: 42 })
// @ts-expect-error -- a provider needs more than a name
export const unfinished: Provider = { name: 'acme' }
// @ts-expect-error -- a source returns a token, not a string
export const text: Promise<string> = tenants('three').getToken()
// @ts-expect-error -- ky accepts options, not a source
ky.extend(tenants('four'))
