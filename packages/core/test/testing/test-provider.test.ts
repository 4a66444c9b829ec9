import { describe, expect, test } from 'vitest'
import { clientSecretPost, none, plainBasic, type ClientAuth, type Provider } from '../../src/index.ts'
import { testProvider, type ProviderTestOptions } from '../../src/testing/index.ts'
import { grant, provider, refusal, unauthorized } from '../support.ts'
import { failuresOf } from './failures-of.ts'

const privateKey: ClientAuth = async ({ form, clientId }) => {
  form.set('client_id', clientId)
  form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  form.set('client_assertion', 'header.payload.signature')
}

const good: [what: string, members: Partial<Provider>][] = [
  ['a provider with the required members only', {}],
  ['a provider of public clients', { clientAuth: none }],
  ['a provider without apis, since only its customers know them', { apis: [] }],
  ['a provider with plain Basic', { clientAuth: plainBasic }],
  ['a provider with the secret in the form', { clientAuth: clientSecretPost }],
  ['a provider with signed assertions', { clientAuth: privateKey, assertionAudience: 'https://id.example' }],
  [
    'a provider on loopback, such as an emulator',
    { tokenEndpoint: 'http://127.0.0.1:8080/token', apis: ['http://localhost:8080', 'http://[::1]/'] },
  ],
  [
    'a provider with every optional member',
    {
      issuer: 'https://id.example',
      revocationEndpoint: 'https://id.example/revoke',
      exceptApis: ['https://api.example/login', 'https://api.example/v2'],
      rejectedStatuses: [400, 401],
      isRejected: async (response) => (await response.text()).includes('token'),
      defaultLifetimeMs: 1,
      renewalMarginMs: 1,
      requestIdHeader: 'X-Request-Id',
      readTokenResponse: ({ ErrorCode, ...members }) => ({ ...members, error: ErrorCode }),
    },
  ],
]

describe.each(good)('%s', (_what, members) => {
  testProvider(test, { ...provider, ...members })
})

const samples = {
  tokens: [() => grant('token', { expires_in: '3600' }), () => Response.json({ access_token: 'token' })],
  rejections: [
    { response: () => unauthorized(), isRejected: true },
    { response: () => new Response(null, { status: 403 }), isRejected: false },
  ],
}

describe('a provider with samples', () => {
  testProvider(test, provider, { samples })
})

const plainName = 'example: is a plain object, so that a spread can make a sandbox'
const endpointName = 'example: its endpoints are secure'
const apisName = 'example: its tokens go to its APIs only'
const authName = 'example: its client authentication uses one place, and does not change the grant'
const quirkName = 'example: its quirks have valid values'
const mindName = 'example: isRejected decides, even if the body is unexpected'
const readName = 'example: readTokenResponse returns members, even if the answer is unexpected'

class OwnProvider {
  name = provider.name
  tokenEndpoint = provider.tokenEndpoint
  apis = provider.apis
  clientAuth = provider.clientAuth
}

const both: ClientAuth = async (request) => {
  await plainBasic(request)
  await clientSecretPost(request)
}

const bad: [what: string, members: object, failure: string, message: RegExp][] = [
  [
    'a getter',
    Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }),
    plainName,
    /x must be a plain member/,
  ],
  ['a hidden member', Object.defineProperty({}, 'x', { value: 1 }), plainName, /x must be a plain member/],
  ['no tokenEndpoint', { tokenEndpoint: undefined }, endpointName, /tokenEndpoint is missing/],
  ['a relative endpoint', { tokenEndpoint: '/token' }, endpointName, /not an absolute URL/],
  [
    'an http: endpoint',
    { revocationEndpoint: 'http://id.example/revoke' },
    endpointName,
    /revocationEndpoint must be https/,
  ],
  [
    'an endpoint with a password',
    { tokenEndpoint: 'https://me:too@id.example' },
    endpointName,
    /user name or password/,
  ],
  ['an endpoint with a fragment', { tokenEndpoint: 'https://id.example/#token' }, endpointName, /fragment/],
  ['an issuer that is not a URL', { issuer: 'id.example' }, endpointName, /issuer is not an absolute URL/],
  [
    'exceptions although it has no apis',
    { apis: [], exceptApis: ['https://api.example/x'] },
    apisName,
    /apis is empty/,
  ],
  ['apis that are one string', { apis: 'https://api.example' }, apisName, /must be a list/],
  ['an http: API', { apis: ['http://api.example'] }, apisName, /must be https/],
  ['an exception outside its APIs', { exceptApis: ['https://other.example'] }, apisName, /is not within/],
  [
    'an exception on a host that only looks like its own',
    { exceptApis: ['https://api.example.org'] },
    apisName,
    /is not within/,
  ],
  [
    'an exception that excludes its whole API',
    { exceptApis: ['https://api.example/'] },
    apisName,
    /excludes the whole/,
  ],
  [
    'a client authentication that is not a function',
    { clientAuth: 'client_secret_basic' },
    authName,
    /must be a function/,
  ],
  [
    'credentials in two places',
    { clientAuth: both },
    authName,
    /the header authorization and the parameter client_secret/,
  ],
  [
    'the secret in the header and in the parameter password',
    {
      clientAuth: async (request: Parameters<ClientAuth>[0]) => {
        await plainBasic(request)
        request.form.set('password', request.clientSecret ?? '')
      },
    },
    authName,
    /the header authorization and the parameter password/,
  ],
  [
    'both an assertion and the secret',
    {
      clientAuth: async (request: Parameters<ClientAuth>[0]) => {
        await privateKey(request)
        await clientSecretPost(request)
      },
    },
    authName,
    /client_assertion and the parameter client_secret/,
  ],
  [
    'a client authentication that changes the grant_type',
    { clientAuth: ({ form }: Parameters<ClientAuth>[0]) => form.set('grant_type', 'password') },
    authName,
    /must not change grant_type/,
  ],
  [
    'a client authentication that adds a scope',
    { clientAuth: ({ form }: Parameters<ClientAuth>[0]) => form.append('scope', 'write') },
    authName,
    /must not change scope/,
  ],
  [
    'a client authentication that sends an undefined secret',
    {
      clientAuth: ({ headers, clientSecret }: Parameters<ClientAuth>[0]) =>
        headers.set('authorization', `Basic ${btoa(`client:${clientSecret}`)}`),
    },
    authName,
    /'undefined'/,
  ],
  ['a rejected status that is a string', { rejectedStatuses: ['401'] }, quirkName, /rejectedStatuses/],
  ['a rejected status that is a success', { rejectedStatuses: [200] }, quirkName, /rejectedStatuses/],
  ['a default lifetime of 0', { defaultLifetimeMs: 0 }, quirkName, /defaultLifetimeMs/],
  ['a default lifetime in words', { defaultLifetimeMs: '1h' }, quirkName, /defaultLifetimeMs/],
  ['a negative renewal margin', { renewalMarginMs: -1 }, quirkName, /renewalMarginMs/],
  ['a renewal margin of 0', { renewalMarginMs: 0 }, quirkName, /renewalMarginMs/],
  ['a renewal margin of a month', { renewalMarginMs: 2_592_000_000 }, quirkName, /renewalMarginMs/],
  ['a request id header with an invalid name', { requestIdHeader: 'Request Id' }, quirkName, /requestIdHeader/],
  ['an empty assertion audience', { assertionAudience: '' }, quirkName, /assertionAudience/],
  [
    'an isRejected that expects valid JSON',
    { isRejected: async (response: Response) => ((await response.json()) as { code: number }).code === 41 },
    mindName,
    /JSON|parse|property|null/i,
  ],
  [
    'an isRejected that returns no boolean',
    { isRejected: (response: Response) => response.headers.get('www-authenticate') },
    mindName,
    /true or false/,
  ],
  ['a readTokenResponse that is not a function', { readTokenResponse: {} }, quirkName, /readTokenResponse/],
  [
    'a readTokenResponse that expects a token',
    { readTokenResponse: ({ data }: { data: { token: string } }) => ({ access_token: data.token }) },
    readName,
    /token/,
  ],
  [
    'a readTokenResponse that returns no object',
    { readTokenResponse: ({ data }: { data?: object }) => data },
    readName,
    /must return an object/,
  ],
  ['a readTokenResponse that returns a promise', { readTokenResponse: async () => ({}) }, readName, /return an object/],
]

test.each(bad)('a provider with %s fails the suite', async (_what, members, failure, message) => {
  const subject = Object.defineProperties({ ...provider }, Object.getOwnPropertyDescriptors(members)) as Provider
  const failures = await failuresOf((register) => testProvider(register, subject))
  expect(Object.keys(failures)).toContain(failure)
  expect(failures[failure]).toMatch(message)
})

test('a provider that is the instance of a class fails the suite', async () => {
  const failures = await failuresOf((register) => testProvider(register, new OwnProvider()))
  expect(Object.keys(failures)).toEqual([plainName])
})

test('a provider without a name fails the suite', async () => {
  const failures = await failuresOf((register) => testProvider(register, { ...provider, name: '' }))
  expect(Object.keys(failures)).toEqual([': has a name'])
})

const badSamples: [what: string, samples: ProviderTestOptions['samples'], failure: string][] = [
  [
    'a token sample that is a refusal',
    { tokens: [() => grant('token'), () => refusal('invalid_client')] },
    "example: sample 2 of the token endpoint's responses is a token",
  ],
  [
    'a token sample with a lifetime of 0',
    { tokens: [() => grant('token', { expires_in: 0 })] },
    "example: sample 1 of the token endpoint's responses is a token",
  ],
  [
    'a sample of a rejected token that the provider does not recognise',
    { rejections: [{ response: () => new Response(null, { status: 403 }), isRejected: true }] },
    "example: sample 1 of the APIs' responses means a rejected token",
  ],
  [
    'a sample of another error that the provider treats as a rejected token',
    { rejections: [{ response: () => unauthorized(), isRejected: false }] },
    "example: sample 1 of the APIs' responses means no rejected token",
  ],
]

test.each(badSamples)('%s fails the suite', async (_what, wrong, failure) => {
  const failures = await failuresOf((register) => testProvider(register, provider, { samples: wrong ?? {} }))
  expect(Object.keys(failures)).toEqual([failure])
})
