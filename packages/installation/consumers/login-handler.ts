/** A project whose framework has the requests and responses of `fetch`, and one on Express. */
import { clientSecretPost, createTokenSource, tokensBy, type Provider } from '@oauthkit/core'
import { createLogin, userLogin } from '@oauthkit/login'
import { expressLogin } from '@oauthkit/login/express'
import { createLoginHandler, type LoginFailure } from '@oauthkit/login/handler'

const provider: Provider = {
  name: 'acme',
  issuer: 'https://id.acme.example',
  tokenEndpoint: 'https://id.acme.example/token',
  apis: ['https://api.acme.example'],
  clientAuth: clientSecretPost,
}
const client = { provider, clientId: 'me', clientSecret: 'secret' }
const store = new Map()

const auth = createLoginHandler({
  login: createLogin({ ...client, redirectUri: 'https://app.example/callback' }),
  tokensOf: tokensBy((key) => createTokenSource({ ...client, grant: userLogin(), store, key })),
  secret: 'a secret of 32 characters or more',
  toUser: async ({ claims, token, login }) => ({ id: claims.sub, name: String((await login.userInfo(token))['name']) }),
  onFailure: ({ reason, status }) => new Response(reason, { status }),
})

export const middleware = expressLogin(auth)
export const answer = async (request: Request): Promise<Response> =>
  (await auth.handle(request)) ?? new Response((await auth.userOf(request))?.name)
export const isLate = ({ reason }: LoginFailure): boolean => reason === 'expired'

// @ts-expect-error -- the user has no such member
export const email = async (request: Request): Promise<string> => (await auth.userOf(request))?.email
