import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  clientSecretBasic,
  clientSecretPost,
  createTokenSource,
  discover,
  none,
  type DiscoverOptions,
} from '../../src/index.ts'
import { serve } from '../serve.ts'
import { errorOf, grant } from '../support.ts'

const apis = ['https://api.example']

/** Each test has an issuer of its own, because metadata is kept for the whole process. */
let issuer: string
let count = 0

beforeEach(() => {
  count += 1
  issuer = `https://id-${count}.example`
  vi.useFakeTimers({ now: 1_000_000_000 })
})

afterEach(() => {
  if (vi.isFakeTimers()) expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
  vi.useRealTimers()
})

const metadata = (members: Record<string, unknown> = {}) => ({ issuer, token_endpoint: `${issuer}/token`, ...members })

/** A network with these answers, by URL. All other URLs answer 404. */
function network(answers: Record<string, unknown>) {
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    requests.push(request)
    const answer = answers[request.url]
    if (answer instanceof Error) throw answer
    if (answer instanceof Response) return answer.clone()
    return answer === undefined ? new Response('not found', { status: 404 }) : Response.json(answer)
  }
  return { fetch, requests }
}

const openid = () => `${issuer}/.well-known/openid-configuration`

/** Discovers an issuer whose metadata has these members. */
const discovered = (members: Record<string, unknown> = {}, options: Partial<DiscoverOptions> = {}) =>
  discover(issuer, { apis, fetch: network({ [openid()]: metadata(members) }).fetch, ...options })

test('the metadata of OpenID Connect becomes a provider', async () => {
  const provider = await discovered({
    authorization_endpoint: `${issuer}/authorize`,
    revocation_endpoint: `${issuer}/revoke`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
    jwks_uri: `${issuer}/jwks`,
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ['ES256'],
    scopes_supported: ['openid'],
  })
  expect(provider).toEqual({
    name: new URL(issuer).host,
    issuer,
    apis,
    clientAuth: clientSecretBasic,
    tokenEndpoint: `${issuer}/token`,
    authorizationEndpoint: `${issuer}/authorize`,
    revocationEndpoint: `${issuer}/revoke`,
    userinfoEndpoint: `${issuer}/userinfo`,
    endSessionEndpoint: `${issuer}/logout`,
    jwksUri: `${issuer}/jwks`,
    authorizationResponseIssParameterSupported: true,
    idTokenSigningAlgorithms: ['ES256'],
  })
})

test('a token source works with it', async () => {
  const answers = { [openid()]: metadata(), [`${issuer}/token`]: grant('one') }
  const { fetch, requests } = network(answers)
  const provider = await discover(issuer, { apis, fetch })
  const source = createTokenSource({ provider, clientId: 'app', clientSecret: 'secret', fetch })
  expect((await source.getToken()).accessToken).toBe('one')
  expect(requests.map(({ url }) => url)).toEqual([openid(), `${issuer}/token`])
})

test('the request accepts JSON, follows no redirect, and has no credential', async () => {
  const { fetch, requests } = network({ [openid()]: metadata() })
  await discover(issuer, { apis, fetch })
  expect(requests[0]?.redirect).toBe('manual')
  expect(Object.fromEntries(requests[0]?.headers ?? [])).toEqual({ accept: 'application/json' })
})

test.each([
  ['', '', ''],
  ['/', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  [
    '/realms/main',
    '/realms/main/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/realms/main',
  ],
  ['/a/b/', '/a/b/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a/b'],
])(
  'for the issuer path %j, the metadata of OAuth 2.0 is used if there is none of OpenID Connect',
  async (path, first, second) => {
    const origin = issuer
    issuer += path
    const paths = [first || '/.well-known/openid-configuration', second || '/.well-known/oauth-authorization-server']
    const { fetch, requests } = network({ [origin + paths[1]]: metadata({ token_endpoint: `${origin}/token` }) })
    expect((await discover(issuer, { apis, fetch })).tokenEndpoint).toBe(`${origin}/token`)
    expect(requests.map(({ url }) => url)).toEqual(paths.map((one) => origin + one))
  },
)

test.each([
  [undefined, clientSecretBasic],
  [['client_secret_basic', 'client_secret_post'], clientSecretBasic],
  [['private_key_jwt', 'client_secret_post'], clientSecretPost],
  [['none', 'tls_client_auth'], none],
  [null, clientSecretBasic],
])('the client authentication of an issuer that accepts %j is the usual one', async (methods, clientAuth) => {
  expect((await discovered({ token_endpoint_auth_methods_supported: methods })).clientAuth).toBe(clientAuth)
})

test('an issuer that accepts no usual client authentication needs the option', async () => {
  const members = { token_endpoint_auth_methods_supported: ['private_key_jwt'] }
  expect(await errorOf(discovered(members))).toEqual(
    new TypeError(
      `${new URL(issuer).host}: it accepts none of client_secret_basic, client_secret_post, none: give the option clientAuth, such as privateKeyJwt()`,
    ),
  )
  expect((await discovered(members, { clientAuth: none })).clientAuth).toBe(none)
})

test('with mutual TLS, the endpoints are the aliases, and the certificate alone says who the client is', async () => {
  const members = {
    revocation_endpoint: `${issuer}/revoke`,
    token_endpoint_auth_methods_supported: ['tls_client_auth'],
    mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example/token' },
  }
  const provider = await discovered(members, { mutualTls: true })
  expect(provider).toMatchObject({
    tokenEndpoint: 'https://mtls.example/token',
    revocationEndpoint: `${issuer}/revoke`,
    clientAuth: none,
  })
  expect((await discovered(members, { clientAuth: none })).tokenEndpoint).toBe(`${issuer}/token`)
})

test('an alias that is null, or no endpoint, changes nothing', async () => {
  const aliases = {
    token_endpoint: null,
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ['none'],
  }
  const provider = await discovered({ mtls_endpoint_aliases: aliases }, { mutualTls: true })
  expect(provider).toEqual({ ...(await discovered({})), clientAuth: none })
})

test.each([undefined, null, 'x', ['y']])('with mutual TLS, aliases that are %j count as none', async (aliases) => {
  const provider = await discovered({ mtls_endpoint_aliases: aliases }, { mutualTls: true })
  expect(provider.tokenEndpoint).toBe(`${issuer}/token`)
})

test('an alias that is no secure URL is TOKEN_MALFORMED', async () => {
  const members = { mtls_endpoint_aliases: { token_endpoint: 'http://mtls.example/token' } }
  expect(await errorOf(discovered(members, { mutualTls: true }))).toMatchObject({ code: 'TOKEN_MALFORMED' })
})

test.each([
  [{ issuer: 'https://other.example' }, 'is that of another issuer'],
  [{ issuer: undefined }, 'is that of another issuer'],
  [{ token_endpoint: undefined }, 'has no token_endpoint'],
  [{ token_endpoint: 'http://id.example/token' }, 'has a token_endpoint that is no https: URL'],
  [{ token_endpoint: 'https://user:pass@id.example/token' }, 'has a token_endpoint that is no https: URL'],
  [{ token_endpoint: 'https://id.example/token#a' }, 'has a token_endpoint with a fragment'],
  [{ revocation_endpoint: 7 }, 'has a revocation_endpoint that is no https: URL'],
  [{ jwks_uri: 'file:///keys' }, 'has a jwks_uri that is no https: URL'],
])('metadata with %j is TOKEN_MALFORMED', async (members, message) => {
  expect(await errorOf(discovered(members))).toMatchObject({
    code: 'TOKEN_MALFORMED',
    message: expect.stringContaining(message),
  })
})

test.each([
  ['no JSON', new Response('<html>'), 'TOKEN_MALFORMED', 'is no JSON object'],
  ['a list', Response.json([]), 'TOKEN_MALFORMED', 'is no JSON object'],
  ['more than 1 MB', new Response(`"${'x'.repeat(1_100_000)}"`), 'TOKEN_MALFORMED', 'is no JSON object'],
  ['a redirect', new Response(null, { status: 302, headers: { location: '/' } }), 'TOKEN_MALFORMED', 'is neither at'],
  ['500', new Response('', { status: 500 }), 'TOKEN_UNAVAILABLE', 'answered 500: try again later'],
  ['429', new Response('', { status: 429 }), 'TOKEN_UNAVAILABLE', 'answered 429: try again later'],
  [
    'a lost connection',
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }),
    'TOKEN_UNAVAILABLE',
    'could not be fetched: ',
  ],
])('an answer with %s is the right error', async (_what, answer, code, message) => {
  const { fetch } = network({ [openid()]: answer })
  expect(await errorOf(discover(issuer, { apis, fetch }))).toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
})

test.each(['', '/'])(
  'an issuer that differs only in the slash at its end is refused, and the error says it: "%s"',
  async (end) => {
    const { fetch } = network({ [openid()]: metadata({ issuer: end ? issuer : `${issuer}/` }) })
    expect(await errorOf(discover(issuer + end, { apis, fetch }))).toMatchObject({
      code: 'TOKEN_MALFORMED',
      message: expect.stringContaining(
        'is that of another issuer, which differs in the slash at its end: check the issuer',
      ),
    })
  },
)

test('a page at the first URL does not hide the metadata at the second one', async () => {
  const answers = {
    [openid()]: new Response('<html>an app</html>'),
    [`${issuer}/.well-known/oauth-authorization-server`]: metadata(),
  }
  expect((await discover(issuer, { apis, fetch: network(answers).fetch })).tokenEndpoint).toBe(`${issuer}/token`)
})

test('a server that does not answer is TOKEN_UNAVAILABLE after timeoutMs, and its request ends', async () => {
  let signal: AbortSignal | null | undefined
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    ;({ signal } = init ?? {})
    return new Promise(() => {})
  }
  const error = errorOf(discover(issuer, { apis, fetch, timeoutMs: 50 }))
  await vi.advanceTimersByTimeAsync(50)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('within 50 ms') })
  expect(signal?.aborted).toBe(true)
})

test.each([
  ['http://id.example', 'issuer must be https:'],
  ['id.example', 'issuer is not an absolute URL'],
  ['https://id.example?a=1', 'neither a query nor a fragment'],
  ['https://id.example#a', 'neither a query nor a fragment'],
  ['https://user:hunter2@id.example', 'user name or password'],
])('the issuer %j is a TypeError, and nothing is sent', async (wrong, message) => {
  const { fetch, requests } = network({})
  const error = await errorOf(discover(wrong, { apis, fetch }))
  expect(error).toBeInstanceOf(TypeError)
  expect(String(error)).toContain(message)
  expect(inspect(error)).not.toContain('hunter2')
  expect(requests).toEqual([])
})

test('metadata is kept for an hour, and then fetched again', async () => {
  const answers = { [openid()]: metadata() as unknown }
  const { fetch, requests } = network(answers)
  const read = async () => (await discover(issuer, { apis, fetch })).tokenEndpoint
  await read()
  vi.advanceTimersByTime(3_599_999)
  answers[openid()] = metadata({ token_endpoint: `${issuer}/new` })
  expect(await read()).toBe(`${issuer}/token`)
  expect(requests).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(await read()).toBe(`${issuer}/new`)
  expect(requests).toHaveLength(2)
})

test('if it cannot be fetched again, the old one is used for a day more', async () => {
  const answers = { [openid()]: metadata() as unknown }
  const { fetch } = network(answers)
  const read = async () => (await discover(issuer, { apis, fetch })).tokenEndpoint
  await read()
  answers[openid()] = new Response('', { status: 503 })
  vi.advanceTimersByTime(24 * 3_600_000)
  expect(await read()).toBe(`${issuer}/token`)
  vi.advanceTimersByTime(3_600_000)
  expect(await errorOf(read())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('while it cannot be fetched again, no caller waits for the server for a minute', async () => {
  const answers = { [openid()]: metadata() as unknown }
  const { fetch, requests } = network(answers)
  const read = async () => (await discover(issuer, { apis, fetch })).tokenEndpoint
  await read()
  answers[openid()] = new Response('', { status: 503 })
  vi.advanceTimersByTime(3_600_000)
  for (let round = 0; round < 3; round += 1) expect(await read()).toBe(`${issuer}/token`)
  expect(requests).toHaveLength(2)
  answers[openid()] = metadata({ token_endpoint: `${issuer}/new` })
  vi.advanceTimersByTime(59_999)
  expect(await read()).toBe(`${issuer}/token`)
  vi.advanceTimersByTime(1)
  expect(await read()).toBe(`${issuer}/new`)
  expect(requests).toHaveLength(3)
})

test('a first failure does not keep the next caller from asking', async () => {
  const answers = { [openid()]: new Response('', { status: 503 }) as unknown }
  const { fetch } = network(answers)
  expect(await errorOf(discover(issuer, { apis, fetch }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  answers[openid()] = metadata()
  expect((await discover(issuer, { apis, fetch })).tokenEndpoint).toBe(`${issuer}/token`)
})

test('Next.js does not keep it', async () => {
  let next: unknown
  const { fetch } = network({ [openid()]: metadata() })
  const watched: typeof fetch = async (input, init) => {
    ;({ next } = init as { next?: unknown })
    return fetch(input, init)
  }
  await discover(issuer, { apis, fetch: watched })
  expect(next).toEqual({ internal: true })
})

test.each(['mutualTLS', 'clientauth', 'scope', 'timeout'])('the option %s is a TypeError', async (option) => {
  expect(await errorOf(discovered({}, { [option]: true }))).toEqual(
    new TypeError(`discover: ${option} is not an option: check its spelling`),
  )
  await discovered({}, { [option]: undefined })
})

test('what one caller wants does not change what another one gets', async () => {
  const { fetch, requests } = network({ [openid()]: metadata() })
  const first = await discover(issuer, { apis, fetch, name: 'first', clientAuth: none })
  const second = await discover(issuer, { apis: ['https://other.example'], fetch })
  expect(requests).toHaveLength(1)
  expect([first.name, first.clientAuth, first.apis]).toEqual(['first', none, apis])
  expect([second.name, second.clientAuth, second.apis]).toEqual([
    new URL(issuer).host,
    clientSecretBasic,
    ['https://other.example'],
  ])
})

test('what a caller does to a provider does not change what another one gets', async () => {
  const { fetch } = network({ [openid()]: metadata({ id_token_signing_alg_values_supported: ['ES256'] }) })
  const first = await discover(issuer, { apis, fetch })
  ;(first.idTokenSigningAlgorithms as string[]).push('none')
  expect((await discover(issuer, { apis, fetch })).idTokenSigningAlgorithms).toEqual(['ES256'])
})

test('each fetch has metadata of its own, so that a test does not change a program', async () => {
  await discovered({ token_endpoint: `${issuer}/of-a-test` })
  expect((await discovered()).tokenEndpoint).toBe(`${issuer}/token`)
})

test('a polluted prototype adds no member', async () => {
  const prototype = Object.prototype as Record<string, unknown>
  prototype['revocation_endpoint'] = 'https://evil.example'
  prototype['clientAuth'] = none
  try {
    const provider = await discovered()
    expect(Object.keys(provider)).not.toContain('revocationEndpoint')
    expect(provider.clientAuth).toBe(clientSecretBasic)
  } finally {
    delete prototype['revocation_endpoint']
    delete prototype['clientAuth']
  }
})

test('over real HTTP, an issuer on loopback is discovered', async () => {
  vi.useRealTimers()
  const { url } = await serve((request, response) => {
    const isFound = request.url === '/.well-known/oauth-authorization-server/tenant'
    response.writeHead(isFound ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ issuer: `${url}/tenant`, token_endpoint: `${url}/tenant/token` }))
  })
  expect((await discover(`${url}/tenant`, { apis })).tokenEndpoint).toBe(`${url}/tenant/token`)
})
