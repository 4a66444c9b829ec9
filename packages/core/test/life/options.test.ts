import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import { clientCredentials, createTokenSource, type Grant, type TokenSourceOptions } from '../../src/index.ts'
import { provider, sourceOver, tokenEndpoint } from '../support.ts'

useFakeTime()

const form = async (request: Request | undefined) =>
  Object.fromEntries(new URLSearchParams(await request?.clone().text()))

test.each<[string, TokenSourceOptions]>([
  ['provider is missing', { clientId: 'app' }],
  ['example: clientId is missing', { provider }],
  ['example: clientId is missing', { provider, clientId: '' }],
  ['example: clientSecret is missing or empty', { provider, clientId: 'app', clientSecret: '' }],
  [
    'example: tokenEndpoint must be https:',
    { clientId: 'app', provider: { ...provider, tokenEndpoint: 'http://id.example' } },
  ],
  ['API URL 1 of 1 must be https:', { provider, clientId: 'app', apis: ['http://api.example'] }],
  ['createTokenSource needs options', undefined as never],
  ['grant must be a grant', { provider, clientId: 'app', grant: clientCredentials as never }],
  ['grant must be a grant', { provider, clientId: 'app', grant: 'client_credentials' as never }],
  ['grant must be a grant', { provider, clientId: 'app', grant: {} as never }],
  ['provider is missing', { provider: 42 as never, clientId: 'app' }],
  ['example: clientId must be a string or function', { provider, clientId: 42 as never }],
  ['example: clientSecret must be a string or function', { provider, clientId: 'app', clientSecret: null as never }],
  ['example: clientAuth must be a function', { provider, clientId: 'app', clientAuth: 'basic' as never }],
  ['example: clientAuth is missing', { provider: { ...provider, clientAuth: undefined as never }, clientId: 'app' }],
  ['example: fetch must be a function', { provider, clientId: 'app', fetch: 'x' as never }],
  ['example: scope must be a string', { provider, clientId: 'app', scope: ['a', 'b'] as never }],
  ['example: scope is missing or empty', { provider, clientId: 'app', scope: '' }],
  ['example: parameters must be a plain object', { provider, clientId: 'app', parameters: 'a=b' as never }],
  ['example: store must have get()', { provider, clientId: 'app', store: {} as never }],
  ['example: store must be a store object', { provider, clientId: 'app', store: null as never }],
  ['example: timeoutMs must be a number', { provider, clientId: 'app', timeoutMs: Number.POSITIVE_INFINITY }],
  [
    'example: renewalMarginMs must be a number',
    { provider: { ...provider, renewalMarginMs: Number.NaN }, clientId: 'app' },
  ],
  ['a token source needs apis', { provider, clientId: 'app', apis: 'https://api.example' as never }],
  ['example: key is missing or empty', { provider, clientId: 'app', key: '' }],
  ['example: key is empty', { provider, clientId: 'app', key: undefined as never }],
  ['example: apis is empty: name the URLs of the APIs', { provider, clientId: 'app', apis: [] }],
  ['API URL 1 of 1 is not an absolute URL', { provider, clientId: 'app', exceptApis: ['users'] }],
  ...['grant_type', 'client_id', 'client_secret', 'scope', 'resource'].map((name): [string, TokenSourceOptions] => [
    `example: parameters must not hold ${name}`,
    { provider, clientId: 'app', parameters: { [name]: 'x' } },
  ]),
  ...[undefined, null, 1, {}].map((identity): [string, TokenSourceOptions] => [
    'grant must be a grant with a name and an identity',
    { provider, clientId: 'app', grant: { name: 'exchange', identity } as unknown as Grant },
  ]),
  [
    'example: key is missing: set it to the user id',
    { provider, clientId: 'app', grant: { name: 'sign-in', identity: () => '' }, store: new Map() },
  ],
  ...[() => undefined, async () => 'ada', () => ({}), () => 7].flatMap((identity) =>
    [undefined, () => ({ grant_type: 'x' })].map((own): [string, TokenSourceOptions] => [
      'the identity of the grant sign-in must be, or return, a string',
      {
        provider,
        clientId: 'app',
        grant: { name: 'sign-in', identity, ...(own && { parameters: own }) } as unknown as Grant,
        store: new Map(),
      },
    ]),
  ),
  ...[new Map(), { get: () => null, set: () => {}, delete: () => {} }].map((store): [string, TokenSourceOptions] => [
    'example: key is missing: set it to the user id',
    { provider, clientId: 'app', grant: { name: 'sign-in', identity: '' }, store },
  ]),
  ...['timeoutMs', 'storeTimeoutMs', 'maxTokenRequestsPerMinute'].flatMap((name) =>
    [0, -1, Number.NaN].map((value): [string, TokenSourceOptions] => [
      `example: ${name} must be a number above 0`,
      { provider, clientId: 'app', [name]: value },
    ]),
  ),
])('createTokenSource throws a TypeError for wrong options: %s', (message, options) => {
  expect(() => createTokenSource(options)).toThrow(TypeError)
  expect(() => createTokenSource(options)).toThrow(message)
})

test.each<[string, Partial<TokenSourceOptions>]>([
  ['no store', { grant: { name: 'sign-in', identity: '' } }],
  ['a key', { grant: { name: 'sign-in', identity: '' }, store: new Map(), key: 'ada' }],
  ['a grant with an identity', { grant: { name: 'sign-in', identity: 'ada' }, store: new Map() }],
  ['a grant with a secret identity', { grant: { name: 'sign-in', identity: () => 'ada' }, store: new Map() }],
  ['a grant that can start over', { store: new Map() }],
])('a source without a key may have %s, because then users cannot share an entry', (_what, options) => {
  expect(() => createTokenSource({ provider, clientId: 'app', ...options })).not.toThrow()
})

test('options win over the grant, and the grant wins over the provider', async () => {
  const endpoint = tokenEndpoint()
  const own: Grant = {
    name: 'own',
    identity: '',
    provider: {
      ...provider,
      name: 'of-grant',
      tokenEndpoint: 'https://grant.example/token',
      apis: ['https://g.example'],
    },
    clientId: 'of-grant',
    clientAuth: ({ form: parameters }) => parameters.set('auth', 'of-grant'),
    parameters: () => ({ grant_type: 'own' }),
  }
  const byGrant = createTokenSource({ grant: own, fetch: endpoint.fetch })
  await byGrant.getToken()
  expect(endpoint.requests[0]?.url).toBe('https://grant.example/token')
  expect(await form(endpoint.requests[0])).toEqual({ grant_type: 'own', auth: 'of-grant' })
  expect(byGrant.apis).toEqual(['https://g.example'])

  const clientAuth: typeof own.clientAuth = ({ form: parameters, clientId }) =>
    parameters.set('auth', `option:${clientId}`)
  const apis = ['https://o.example']
  const byOption = sourceOver(endpoint, { grant: own, clientId: 'of-option', clientAuth, apis })
  await byOption.getToken()
  expect(endpoint.requests[1]?.url).toBe('https://id.example/token')
  expect(await form(endpoint.requests[1])).toEqual({ grant_type: 'own', auth: 'option:of-option' })
  expect(byOption.apis).toEqual(apis)
})
