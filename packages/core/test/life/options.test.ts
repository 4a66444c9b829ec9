import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import { clientCredentials, createTokenSource, type Grant, type TokenSourceOptions } from '../../src/index.ts'
import { resolveOptions } from '../../src/life/options.ts'
import { errorOf, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

useFakeTime()

const form = async (request: Request | undefined) =>
  Object.fromEntries(new URLSearchParams(await request?.clone().text()))

test.each<[string, TokenSourceOptions]>([
  ['createTokenSource needs options', null as never],
  ['provider is missing', { clientId: 'app' }],
  ['provider is missing', { clientId: 'app', provider: null as never }],
  ['example: timeout is not an option: check its spelling', { provider, clientId: 'app', timeout: 3 } as never],
  ['example: clientID is not an option', { provider, clientId: 'app', clientID: 'app' } as never],
  ['example: resources is not an option', { provider, clientId: 'app', resources: [] } as never],
  ...['toString', 'hasOwnProperty', 'valueOf'].map((name): [string, TokenSourceOptions] => [
    `example: ${name} is not an option`,
    { provider, clientId: 'app', [name]: 1 },
  ]),
  ...['clientId', 'clientSecret'].flatMap((name) =>
    [' app', 'app ', 'app\n', '\tapp', 'app\r\n', '\uFEFFapp', 'app\u00A0'].map(
      (value): [string, TokenSourceOptions] => [
        `example: ${name} has spaces or line breaks around it: remove them`,
        { provider, clientId: 'app', [name]: value },
      ],
    ),
  ),
  ...['a "b"', 'a\nb', 'a\\b', 'a\tb', 'é', 'a\u0000'].map((scope): [string, TokenSourceOptions] => [
    'example: scope must be words of ASCII characters, without quotes and line breaks',
    { provider, clientId: 'app', scope },
  ]),
  ...['https://id.example/token#a', 'https://id.example/token#', 'https://id.example/token?a=b#c'].map(
    (url): [string, TokenSourceOptions] => [
      'example: tokenEndpoint must not have a fragment (#)',
      { clientId: 'app', provider: { ...provider, tokenEndpoint: url } },
    ],
  ),
  ...['timeoutMs', 'storeTimeoutMs', 'maxTokenRequestsPerMinute', 'entryTtlMs'].map(
    (name): [string, TokenSourceOptions] => [
      `example: ${name} must be a number above 0`,
      { provider, clientId: 'app', [name]: '1000' },
    ],
  ),
  ...['renewalMarginMs', 'defaultLifetimeMs'].map((name): [string, TokenSourceOptions] => [
    `example: ${name} must be a number above 0`,
    { provider: { ...provider, [name]: '1000' }, clientId: 'app' },
  ]),
  ['example: clientId is missing', { provider }],
  ['example: clientId is missing', { provider, clientId: '' }],
  ['example: clientSecret is missing or empty', { provider, clientId: 'app', clientSecret: '' }],
  [
    'example: tokenEndpoint must be https:',
    { clientId: 'app', provider: { ...provider, tokenEndpoint: 'http://id.example' } },
  ],
  ['API URL 1 of 1 must be https:', { provider, clientId: 'app', apis: ['http://api.example'] }],
  ['createTokenSource needs options', undefined as never],
  ['grant is a function: call it', { provider, clientId: 'app', grant: clientCredentials as never }],
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
  ...[
    new URLSearchParams('audience=x'),
    new Map([['audience', 'x']]),
    ['audience'],
    new FormData(),
    new Headers({ audience: 'x' }),
    Promise.resolve({ audience: 'x' }),
    new Date(0),
  ].map((parameters): [string, TokenSourceOptions] => [
    'example: parameters must be a plain object',
    { provider, clientId: 'app', parameters: parameters as never },
  ]),
  ...[7, true, {}, ['x', 7], [null], [undefined], Symbol('x'), new URL('https://api.example')].flatMap(
    (value): [string, TokenSourceOptions][] => [
      ['example: audience must be a string', { provider, clientId: 'app', parameters: { audience: value } as never }],
      ['example: resource must be a string', { provider, clientId: 'app', resource: value as never }],
    ],
  ),
  ...['https://api.example/x', 7].flatMap((exceptApis): [string, TokenSourceOptions][] => [
    ['example: exceptApis must be a list', { provider, clientId: 'app', exceptApis: exceptApis as never }],
    [
      'example: exceptApis must be a list',
      { provider: { ...provider, exceptApis: exceptApis as never }, clientId: 'app' },
    ],
  ]),
  ...[undefined, '', 7, null].map((name): [string, TokenSourceOptions] => [
    `${name}: provider.name `,
    { provider: { ...provider, name: name as never }, clientId: 'app' },
  ]),
  ...[401, '401', null].map((rejectedStatuses): [string, TokenSourceOptions] => [
    'example: provider.rejectedStatuses must be a list',
    { provider: { ...provider, rejectedStatuses: rejectedStatuses as never }, clientId: 'app' },
  ]),
  ...['x', true, null, {}].map((isRejected): [string, TokenSourceOptions] => [
    'example: provider.isRejected must be a function',
    { provider: { ...provider, isRejected: isRejected as never }, clientId: 'app' },
  ]),
  ...['', 'x request', 'x:y', 'x\n', 'é'].map((requestIdHeader): [string, TokenSourceOptions] => [
    'header name',
    { provider: { ...provider, requestIdHeader }, clientId: 'app' },
  ]),
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

test.each(['app', 'a b', 'é'])('the credential %j, with spaces or letters inside only, is accepted', (clientId) => {
  expect(() => createTokenSource({ provider, clientId, clientSecret: clientId })).not.toThrow()
})

test('parameters and resource can be lists, and parameters that are undefined are left out', async () => {
  const endpoint = tokenEndpoint()
  const parameters = { audience: ['a', 'b'], prompt: undefined, __proto__: null } as never
  await sourceOver(endpoint, { parameters, resource: ['https://a.example', 'https://b.example'] }).getToken()
  expect(new URLSearchParams(await endpoint.requests[0]?.text()).toString()).toBe(
    new URLSearchParams([
      ['audience', 'a'],
      ['audience', 'b'],
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
      ['grant_type', 'client_credentials'],
    ]).toString(),
  )
})

test('an option that is undefined need not exist', () => {
  expect(() => createTokenSource({ provider, clientId: 'app', timeout: undefined } as never)).not.toThrow()
})

test.each([() => ' secret', async () => 'secret\n'])(
  'a credential that is looked up with spaces around it is a TypeError, and nothing is sent',
  async (clientSecret) => {
    const endpoint = tokenEndpoint()
    const error = await errorOf(sourceOver(endpoint, { clientSecret }).getToken())
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toHaveProperty('message', 'example: clientSecret has spaces or line breaks around it: remove them')
    expect(endpoint.requests).toEqual([])
  },
)

test('what is changed in the options and in the provider later has no effect', async () => {
  const endpoint = tokenEndpoint()
  const elsewhere = 'https://elsewhere.example'
  const own = {
    ...provider,
    apis: ['https://api.example'],
    exceptApis: ['https://api.example/users'],
    rejectedStatuses: [401],
  }
  const options = {
    provider: own,
    clientId: 'app',
    clientSecret: secret,
    fetch: endpoint.fetch,
    parameters: { audience: 'a' },
    resource: ['https://r.example'],
    grant: { ...clientCredentials() },
  }
  const source = createTokenSource(options)
  const { clientAuth } = own
  own.apis.push(elsewhere)
  own.exceptApis.length = 0
  own.rejectedStatuses.push(400)
  const changes = { isRejected: () => false, readTokenResponse: () => ({}), name: 'other', clientAuth: () => {} }
  Object.assign(own, changes, { tokenEndpoint: `${elsewhere}/token` })
  Object.assign(options.parameters, { audience: 'b' })
  options.resource.push(elsewhere)
  Object.assign(options.grant, { parameters: () => ({ grant_type: 'other' }) })
  Object.assign(options, { clientId: 'other', fetch: () => {}, timeoutMs: 0, scope: 'all', store: {} })

  expect((await source.getToken()).accessToken).toBe('token-1')
  const [request] = endpoint.requests
  expect(request?.url).toBe('https://id.example/token')
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa(`app:${secret}`)}`)
  expect(await form(request)).toEqual({
    grant_type: 'client_credentials',
    audience: 'a',
    resource: 'https://r.example',
  })
  expect(source.apis).toEqual(['https://api.example'])
  expect(source.exceptApis).toEqual(['https://api.example/users'])
  expect(source.name).toBe('example')
  expect(await source.isRejected(new Response('', { status: 401 }))).toBe(true)
  expect(await source.isRejected(new Response('', { status: 400 }))).toBe(false)

  const later = createTokenSource({ provider: Object.assign(own, { clientAuth }), clientId: 'app' })
  expect(later.apis).toEqual(['https://api.example', elsewhere])
})

test('all sources of an unchanged provider share one copy of it', () => {
  const first = createTokenSource({ provider, clientId: 'a' })
  const second = createTokenSource({ provider, clientId: 'b' })
  expect(second.apis).toBe(first.apis)
  expect(second.isRejected).toBe(first.isRejected)
})

const usual = { provider, clientId: 'app', clientSecret: secret }

test('clients with the same options share their settings, to save memory, but not their credentials', () => {
  const first = resolveOptions(usual)
  const second = resolveOptions({ ...usual, clientId: 'other', clientSecret: 'other-secret' })
  expect(second.settings).toBe(first.settings)
  expect(first).toMatchObject({ clientId: 'app', clientSecret: secret })
  expect(second).toMatchObject({ clientId: 'other', clientSecret: 'other-secret' })
})

const anyKey = { ...usual, store: new Map(), key: 'user-1' }

test.each<[string, TokenSourceOptions, TokenSourceOptions]>([
  ...(
    [
      { scope: 'read' },
      { apis: ['https://other.example'] },
      { exceptApis: ['https://api.example/admin'] },
      { fetch: async () => new Response() },
      { timeoutMs: 1 },
      { storeTimeoutMs: 1 },
      { entryTtlMs: 1 },
      { maxTokenRequestsPerMinute: 1 },
      { eventKey: 'tenant' },
      { onEvent: () => {} },
      { provider: { ...provider, name: 'other' } },
    ] satisfies Partial<TokenSourceOptions>[]
  ).map((option): [string, TokenSourceOptions, TokenSourceOptions] => [
    Object.keys(option).join(),
    usual,
    { ...usual, ...option },
  ]),
  ['key', anyKey, { ...anyKey, key: 'user-2' }],
])('clients with different options do not share their settings: %s', (_what, one, other) => {
  const [first, second] = [one, other].map((options) => resolveOptions(options).settings)
  expect(first).not.toEqual(second)
  expect(resolveOptions(one).settings).toEqual(first)
  expect(resolveOptions(other).settings).toEqual(second)
})

test.each<Partial<TokenSourceOptions>>([
  { clientAuth: () => {} },
  { grant: clientCredentials() },
  { scope: 'read' },
  { resource: 'https://api.example' },
  { parameters: { audience: 'api' } },
  { store: new Map() },
  { key: 'user-7' },
  { waitUntil: () => {} },
])('settings that can hold a secret, or the data of one user, are not kept for other clients: %o', (option) => {
  const options = { ...usual, ...option }
  expect(resolveOptions(options).settings).not.toBe(resolveOptions(options).settings)
})
