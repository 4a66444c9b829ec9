import { createTokenEndpoint, testProvider, type ProviderSamples } from '@oauthkit/core/testing'
import ky from 'ky'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isOAuthError, myProvider, myProviderAuth, myProviderTokens, type MyProviderOptions } from '../src/index.ts'

/** Made up from the standards. Replace them with responses that you recorded from My Provider's servers. */
const samples: ProviderSamples = {
  tokens: [() => Response.json({ access_token: 'sample', token_type: 'Bearer', expires_in: 3600 })],
  rejections: [
    { response: () => refusal(401, 'invalid_token'), isRejected: true },
    { response: () => refusal(403, 'insufficient_scope'), isRejected: false },
  ],
}

function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status, headers: { 'www-authenticate': `Bearer error="${error}"` } })
}

testProvider(test, myProvider, { samples })

const credentials = { clientId: 'my app', clientSecret: 's+cr:t' }
const things = `${myProvider.apis[0]}/things`

let endpoint = createTokenEndpoint()

beforeEach(() => {
  endpoint = createTokenEndpoint()
})

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Makes a ky for My Provider's APIs, with an endpoint in memory instead of the network. */
function client(options: MyProviderOptions = credentials, api: typeof fetch = endpoint.api) {
  return ky.create({ fetch: api, retry: 0 }).extend(myProviderAuth({ fetch: endpoint.fetch, ...options }))
}

test('the first call gets a token as My Provider documents it, and all further calls share it', async () => {
  const http = client()
  expect(await http.get(things).json()).toEqual({ ok: true })
  await Promise.all(Array.from({ length: 20 }, () => http.get(things)))
  expect(endpoint.requests).toHaveLength(1)
  const [request] = endpoint.requests
  expect(request?.url).toBe('https://auth.example.com/oauth2/token') // only request_form, request_json
  expect(request?.url).toBe('https://auth.example.com/oauth2/token?grant_type=client_credentials') // only request_get
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('my+app:s%2Bcr%3At')}`) // only client_secret_basic
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('my app:s+cr:t')}`) // only plain_basic
  expect(request?.headers.has('authorization')).toBe(false) // only client_secret_post
  const parameters: unknown = Object.fromEntries(new URLSearchParams(await request?.text())) // only request_form
  const parameters: unknown = await request?.json() // only request_json
  const parameters: unknown = Object.fromEntries(new URL(request?.url ?? '').searchParams) // only request_get
  expect(parameters).toEqual({
    grant_type: 'client_credentials',
    client_id: 'my app', // only client_secret_post
    client_secret: 's+cr:t', // only client_secret_post
  })
})

test('credentials come from MY_PROVIDER_CLIENT_ID and MY_PROVIDER_CLIENT_SECRET', async () => {
  vi.stubEnv('MY_PROVIDER_CLIENT_ID', credentials.clientId)
  vi.stubEnv('MY_PROVIDER_CLIENT_SECRET', credentials.clientSecret)
  await client({}).get(things)
  await client(credentials).get(things)
  const [fromEnvironment, fromOptions] = await Promise.all(
    endpoint.requests.map(async (request) => [request.headers.get('authorization'), await request.text()]),
  )
  expect(fromEnvironment).toEqual(fromOptions)
})

test.each(['MY_PROVIDER_CLIENT_ID', 'MY_PROVIDER_CLIENT_SECRET'])('without %s a TypeError names it', (variable) => {
  vi.stubEnv('MY_PROVIDER_CLIENT_ID', 'id')
  vi.stubEnv('MY_PROVIDER_CLIENT_SECRET', 'secret')
  vi.stubEnv(variable, undefined)
  expect(() => myProviderAuth()).toThrow(TypeError)
  expect(() => myProviderAuth()).toThrow(variable)
})

test('if the API says that a token has expired, it is renewed, and the call is sent again', async () => {
  const http = client()
  await http.get(things)
  endpoint.clock.advance(3_600_000)
  expect(await http.get(things).json()).toEqual({ ok: true })
  expect(endpoint.requests).toHaveLength(2)
})

test('wrong credentials are TOKEN_REFUSED', async () => {
  endpoint.answer(Response.json({ error: 'invalid_client' }, { status: 401 }))
  const error: unknown = await myProviderTokens({ ...credentials, fetch: endpoint.fetch })
    .getToken()
    .catch((reason: unknown) => reason)
  expect(isOAuthError(error)).toBe(true)
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', provider: 'my-provider', error: 'invalid_client' })
})

test.each(myProvider.apis)('a token goes to %s', async (api) => {
  expect(await client().get(`${api}/things`).json()).toEqual({ ok: true })
})

test.each(['https://elsewhere.example/things', things.replace('https:', 'http:')])(
  'no token goes to %s',
  async (url) => {
    const api = vi.fn<typeof fetch>(async () => Response.json({}))
    await client(credentials, api).get(url)
    const [input, init] = api.mock.calls[0] ?? []
    expect(new Request(input ?? '', init).headers.has('authorization')).toBe(false)
    expect(endpoint.requests).toHaveLength(0)
  },
)

test('the provider is plain data: a copy with other URLs is a sandbox', async () => {
  const provider = {
    ...myProvider,
    tokenEndpoint: 'https://sandbox.example/token',
    apis: ['https://sandbox.example'],
  }
  await client({ provider, ...credentials }).get('https://sandbox.example/things')
  expect(endpoint.requests.map(({ url }) => url.split('?')[0])).toEqual(['https://sandbox.example/token'])
})
