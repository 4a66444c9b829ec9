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
  ['the least there is to one', {}],
  ['a public one', { clientAuth: none }],
  ['one whose APIs only its customers know', { apis: [] }],
  ['one with plain Basic', { clientAuth: plainBasic }],
  ['one with the secret in the form', { clientAuth: clientSecretPost }],
  ['one with signed assertions', { clientAuth: privateKey, assertionAudience: 'https://id.example' }],
  ['an emulator', { tokenEndpoint: 'http://127.0.0.1:8080/token', apis: ['http://localhost:8080', 'http://[::1]/'] }],
  [
    'one with every quirk',
    {
      issuer: 'https://id.example',
      revocationEndpoint: 'https://id.example/revoke',
      exceptApis: ['https://api.example/login', 'https://api.example/v2'],
      rejectedStatuses: [400, 401],
      isRejected: async (response) => (await response.text()).includes('token'),
      defaultLifetimeMs: 1,
      renewalMarginMs: 0,
      requestIdHeader: 'X-Request-Id',
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

describe('one with samples', () => {
  testProvider(test, provider, { samples })
})

const plainName = 'example: is a plain object, so that a spread can make a sandbox'
const endpointName = 'example: its endpoints are secure'
const apisName = 'example: its tokens go to its APIs only'
const authName = 'example: its client authentication uses one place, and does not change the grant'
const quirkName = 'example: its quirks have valid values'
const mindName = 'example: isRejected decides, even if the body is unexpected'

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
  ['no endpoint', { tokenEndpoint: undefined }, endpointName, /tokenEndpoint is missing/],
  ['a relative endpoint', { tokenEndpoint: '/token' }, endpointName, /not an absolute URL/],
  [
    'an endpoint in clear',
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
  ['an issuer that is no URL', { issuer: 'id.example' }, endpointName, /issuer is not an absolute URL/],
  ['no apis but exceptions', { apis: [], exceptApis: ['https://api.example/x'] }, apisName, /apis is empty/],
  ['apis in one text', { apis: 'https://api.example' }, apisName, /must be a list/],
  ['an API in clear', { apis: ['http://api.example'] }, apisName, /must be https/],
  ['an exception elsewhere', { exceptApis: ['https://other.example'] }, apisName, /is not within/],
  ['an exception that looks alike', { exceptApis: ['https://api.example.org'] }, apisName, /is not within/],
  ['an exception that leaves nothing', { exceptApis: ['https://api.example/'] }, apisName, /excludes the whole/],
  ['no client authentication', { clientAuth: 'client_secret_basic' }, authName, /must be a function/],
  [
    'credentials in two places',
    { clientAuth: both },
    authName,
    /the header authorization and the parameter client_secret/,
  ],
  [
    'the secret in a parameter of its own beside the header',
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
    'an assertion beside the secret',
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
    'a grant of its own',
    { clientAuth: ({ form }: Parameters<ClientAuth>[0]) => form.set('grant_type', 'password') },
    authName,
    /must not change grant_type/,
  ],
  [
    'a second scope',
    { clientAuth: ({ form }: Parameters<ClientAuth>[0]) => form.append('scope', 'write') },
    authName,
    /must not change scope/,
  ],
  [
    'an undefined secret',
    {
      clientAuth: ({ headers, clientSecret }: Parameters<ClientAuth>[0]) =>
        headers.set('authorization', `Basic ${btoa(`client:${clientSecret}`)}`),
    },
    authName,
    /'undefined'/,
  ],
  ['a status that is none', { rejectedStatuses: ['401'] }, quirkName, /rejectedStatuses/],
  ['a success as a refusal', { rejectedStatuses: [200] }, quirkName, /rejectedStatuses/],
  ['no lifetime', { defaultLifetimeMs: 0 }, quirkName, /defaultLifetimeMs/],
  ['a lifetime in words', { defaultLifetimeMs: '1h' }, quirkName, /defaultLifetimeMs/],
  ['a margin below nothing', { renewalMarginMs: -1 }, quirkName, /renewalMarginMs/],
  ['a header that is none', { requestIdHeader: 'Request Id' }, quirkName, /requestIdHeader/],
  ['no audience', { assertionAudience: '' }, quirkName, /assertionAudience/],
  [
    'a reader that trusts the server',
    { isRejected: async (response: Response) => ((await response.json()) as { code: number }).code === 41 },
    mindName,
    /JSON|parse|property|null/i,
  ],
  [
    'a reader that does not decide',
    { isRejected: (response: Response) => response.headers.get('www-authenticate') },
    mindName,
    /true or false/,
  ],
]

test.each(bad)('a provider with %s fails', async (_what, members, failure, message) => {
  const subject = Object.defineProperties({ ...provider }, Object.getOwnPropertyDescriptors(members)) as Provider
  const failures = await failuresOf((register) => testProvider(register, subject))
  expect(Object.keys(failures)).toContain(failure)
  expect(failures[failure]).toMatch(message)
})

test('a provider that is a class fails', async () => {
  const failures = await failuresOf((register) => testProvider(register, new OwnProvider()))
  expect(Object.keys(failures)).toEqual([plainName])
})

test('a provider without a name fails', async () => {
  const failures = await failuresOf((register) => testProvider(register, { ...provider, name: '' }))
  expect(Object.keys(failures)).toEqual([': has a name'])
})

const badSamples: [what: string, samples: ProviderTestOptions['samples'], failure: string][] = [
  [
    'a refusal as a token',
    { tokens: [() => grant('token'), () => refusal('invalid_client')] },
    "example: sample 2 of the token endpoint's responses is a token",
  ],
  [
    'a token without a lifetime',
    { tokens: [() => grant('token', { expires_in: 0 })] },
    "example: sample 1 of the token endpoint's responses is a token",
  ],
  [
    'a rejected token that is not seen',
    { rejections: [{ response: () => new Response(null, { status: 403 }), isRejected: true }] },
    "example: sample 1 of the APIs' responses means a rejected token",
  ],
  [
    'a refusal that is about something else',
    { rejections: [{ response: () => unauthorized(), isRejected: false }] },
    "example: sample 1 of the APIs' responses means no rejected token",
  ],
]

test.each(badSamples)('%s fails', async (_what, wrong, failure) => {
  const failures = await failuresOf((register) => testProvider(register, provider, { samples: wrong ?? {} }))
  expect(Object.keys(failures)).toEqual([failure])
})
