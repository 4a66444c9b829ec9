import { createTokenSource, type Provider, type Token, type TokenSource } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { expect, test } from 'vitest'
import { tokenExchange, type TokenExchangeOptions, type TokenType } from '../src/index.ts'

const provider: Provider = {
  name: 'example',
  tokenEndpoint: 'https://id.example/token',
  apis: ['https://orders.example'],
  clientAuth: ({ form, clientId }) => form.set('client_id', clientId),
}

const token: Token = { accessToken: 'an-access-token', idToken: 'an-id-token', refreshToken: 'a-refresh-token' }

/** A source of a user's token. */
const user = (own: Partial<Token> = {}): TokenSource => ({
  apis: ['https://api.example'],
  getToken: async () => ({ ...token, ...own }),
})

const exchange = (own: Partial<TokenExchangeOptions> = {}) => tokenExchange({ subject: user(), ...own })

/** Exchanges a token, and returns the form that the token endpoint received. */
async function sent(own: Partial<TokenExchangeOptions> = {}, options: { scope?: string; resource?: string } = {}) {
  const server = createTokenEndpoint()
  const source = createTokenSource({ provider, clientId: 'app', grant: exchange(own), fetch: server.fetch, ...options })
  expect((await source.getToken()).accessToken).toBe('token-1')
  return [...new URLSearchParams(await server.requests[0]?.text())]
}

const typeOf = (name: string) => `urn:ietf:params:oauth:token-type:${name}`

test('the request has the grant, the token of the subject and its type', async () => {
  expect(await sent()).toEqual([
    ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ['subject_token', 'an-access-token'],
    ['subject_token_type', typeOf('access_token')],
    ['client_id', 'app'],
  ])
})

test('all options have their parameters, and a list of audiences repeats its parameter', async () => {
  const own = {
    subjectTokenType: 'id_token',
    actor: user({ accessToken: 'the-actor' }),
    actorTokenType: 'jwt',
    requestedTokenType: 'urn:example:token',
    audience: ['orders', 'shops'],
  } as const
  expect(await sent(own, { scope: 'a b', resource: 'https://orders.example' })).toEqual([
    ['scope', 'a b'],
    ['resource', 'https://orders.example'],
    ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
    ['subject_token', 'an-id-token'],
    ['subject_token_type', typeOf('id_token')],
    ['actor_token', 'the-actor'],
    ['actor_token_type', typeOf('jwt')],
    ['requested_token_type', 'urn:example:token'],
    ['audience', 'orders'],
    ['audience', 'shops'],
    ['client_id', 'app'],
  ])
})

test.each<[TokenType, string]>([
  ['access_token', 'an-access-token'],
  ['jwt', 'an-access-token'],
  ['saml2', 'an-access-token'],
  ['urn:example:own', 'an-access-token'],
  ['id_token', 'an-id-token'],
  ['refresh_token', 'a-refresh-token'],
])('for the type %s, the right member of the token is sent', async (subjectTokenType, value) => {
  expect(Object.fromEntries(await sent({ subjectTokenType }))).toMatchObject({ subject_token: value })
})

test.each<[string, Partial<TokenExchangeOptions>, string]>([
  ['subject', { subject: user({ idToken: undefined }), subjectTokenType: 'id_token' }, 'subject has no idToken'],
  ['actor', { actor: user({ refreshToken: '' }), actorTokenType: 'refresh_token' }, 'actor has no refreshToken'],
])('if the token of the %s lacks that member, that is a TypeError, and nothing is sent', async (_who, own, message) => {
  const server = createTokenEndpoint()
  const source = createTokenSource({ provider, clientId: 'app', grant: exchange(own), fetch: server.fetch })
  await expect(source.getToken()).rejects.toThrow(TypeError)
  await expect(source.getToken()).rejects.toThrow(message)
  expect(server.requests).toEqual([])
})

test('if the subject must sign in again, the error says so, and nothing is sent', async () => {
  const server = createTokenEndpoint()
  const ended: TokenSource = {
    apis: [],
    getToken: async () => {
      throw oauthError('users', 'TOKEN_MISSING', 'sign in again')
    },
  }
  const grant = exchange({ subject: ended })
  const source = createTokenSource({ provider, clientId: 'app', grant, fetch: server.fetch })
  await expect(source.getToken()).rejects.toMatchObject({
    code: 'TOKEN_MISSING',
    message: expect.stringContaining('sign in again'),
  })
  expect(server.requests).toEqual([])
})

test('a new token is exchanged for the token that the subject has then', async () => {
  const server = createTokenEndpoint()
  let count = 0
  const subject: TokenSource = { apis: [], getToken: async () => ({ accessToken: `user-${(count += 1)}` }) }
  const source = createTokenSource({ provider, clientId: 'app', grant: exchange({ subject }), fetch: server.fetch })
  await source.setToken({ accessToken: 'old', expiresAt: 0 })
  await source.getToken()
  await source.setToken({ accessToken: 'old', expiresAt: 0 })
  await source.getToken()
  const forms = await Promise.all(server.requests.map(async (request) => new URLSearchParams(await request.text())))
  expect(forms.map((form) => form.get('subject_token'))).toEqual(['user-1', 'user-2'])
})

test('with a store, sources share a token only if they have the same identity', async () => {
  const server = createTokenEndpoint()
  const store = new Map<string, Token>()
  const ask = async (own: Partial<TokenExchangeOptions>) => {
    const options = { provider, clientId: 'app', grant: exchange(own), store, fetch: server.fetch }
    return (await createTokenSource(options).getToken()).accessToken
  }
  const ada = user()
  const tokens = [
    await ask({ subject: ada }),
    await ask({ subject: ada }),
    await ask({ subject: user() }),
    await ask({ identity: 'ada' }),
    await ask({ identity: () => 'ada' }),
    await ask({ identity: 'bob' }),
  ]
  expect(tokens).toEqual(['token-1', 'token-1', 'token-2', 'token-3', 'token-3', 'token-4'])
})

test.each<[string, object, string]>([
  ['no subject', { subject: undefined }, 'subject must be a token source'],
  ['a misspelt option', { audiences: ['orders'] }, 'audiences is not an option: check its spelling'],
  ['an option of the token source', { scope: 'a' }, 'scope is not an option: check its spelling'],
  ['a token as subject', { subject: token }, 'subject must be a token source'],
  ['a text as actor', { actor: 'a-token' }, 'actor must be a token source'],
  ['an unknown type', { subjectTokenType: 'accesstoken' }, 'a token type must be one of'],
  ['a type that is no text', { requestedTokenType: 7 }, 'a token type must be one of'],
  ['a type of an actor that is missing', { actorTokenType: 'jwt' }, 'actorTokenType needs an actor'],
  ['an empty audience', { audience: '' }, 'audience must be a non-empty string'],
  ['an audience that is no text', { audience: [7] }, 'audience must be a non-empty string'],
])('%s is a TypeError', (_what, own, message) => {
  expect(() => exchange(own)).toThrow(TypeError)
  expect(() => exchange(own)).toThrow(message)
})
