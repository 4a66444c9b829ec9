import { afterEach, expect, test, vi } from 'vitest'
import { revoke, type Grant, type Provider } from '../../src/index.ts'
import { errorOf, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

type Read = NonNullable<Provider['readTokenResponse']>

/** A provider that uses no name of the standard. */
const readTokenResponse: Read = (members) => {
  const { data, ErrorCode, Error: reason, expires } = members as Record<string, unknown>
  const isDead = members['error_description'] === 'session not found'
  return {
    ...members,
    access_token: Object(data).token,
    expires_in: Number(expires) / 1000,
    error: isDead ? 'invalid_grant' : (members['error'] ?? ErrorCode),
    error_description: members['error_description'] ?? reason,
  }
}

afterEach(() => void vi.useRealTimers())

const userGrant: Grant = { name: 'user_login', identity: '' }
const login = { accessToken: 'old', refreshToken: 'refresh-1', expiresAt: 1 }

const sessionNotFound = () =>
  Response.json({ error: 'invalid_request', error_description: 'session not found' }, { status: 400 })

/** A source with a user's token that has expired. */
async function userSource(answer: () => Response, read: Read | undefined) {
  const endpoint = tokenEndpoint(...Array.from({ length: 5 }, answer))
  const quirks = { ...provider, readTokenResponse: read }
  const source = sourceOver(endpoint, { provider: quirks, grant: userGrant })
  await source.setToken(login)
  return { source, endpoint }
}

const dead: [what: string, answer: () => Response, read: Read][] = [
  ['a description', sessionNotFound, readTokenResponse],
  [
    'a code of its own',
    () => Response.json({ ErrorCode: 'E-77' }, { status: 401 }),
    (members) => ({ error: members['ErrorCode'] === 'E-77' ? 'invalid_grant' : 'invalid_request' }),
  ],
  ['a success without a token', () => Response.json({ ok: false }), () => ({ error: 'invalid_grant' })],
  [
    'a status alone',
    () => new Response('<html>', { status: 410 }),
    (members, status) => (status === 410 ? { error: 'invalid_grant' } : members),
  ],
]

test.each(dead)(
  'a refresh token that the provider calls dead by %s is TOKEN_MISSING after one request',
  async (_how, answer, read) => {
    const { source, endpoint } = await userSource(answer, read)
    expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
    expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING' })
    expect(endpoint.requests).toHaveLength(1)
  },
)

test('an error that the provider does not translate is a refusal, and the refresh token stays', async () => {
  vi.useFakeTimers()
  const { source, endpoint } = await userSource(sessionNotFound, undefined)
  for (const requests of [1, 2]) {
    expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_request' })
    expect(endpoint.requests).toHaveLength(requests)
    expect(await endpoint.requests.at(-1)?.text()).toContain('refresh_token=refresh-1')
    vi.advanceTimersByTime(60_000)
  }
})

test.each([408, 429, 500, 503])(
  'an answer with status %i is TOKEN_UNAVAILABLE, no matter what it is translated to',
  async (status) => {
    for (const read of [() => ({ error: 'invalid_grant' }), throwing]) {
      const { source } = await userSource(() => new Response('', { status }), read)
      expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status })
    }
  },
)

const ask = (answer: Response, read: Read) =>
  sourceOver(tokenEndpoint(answer), { provider: { ...provider, readTokenResponse: read } }).getToken()

test('a provider can translate a token that has other names and another unit', async () => {
  const now = Date.now()
  const token = await ask(Response.json({ data: { token: 'token-1' }, expires: 60_000 }), readTokenResponse)
  expect(token.accessToken).toBe('token-1')
  expect(token.expiresAt).toBeGreaterThanOrEqual(now + 60_000)
  expect(token.expiresAt).toBeLessThanOrEqual(Date.now() + 60_000)
})

test('a translated error has the code, error and description of the standard', async () => {
  const answer = Response.json({ ErrorCode: 'invalid_client', Error: `No ${secret}.` }, { status: 401 })
  expect(await errorOf(ask(answer, readTokenResponse))).toMatchObject({
    code: 'TOKEN_REFUSED',
    error: 'invalid_client',
    errorDescription: 'No [redacted].',
  })
})

test.each([
  ['JSON', () => Response.json({ a: 1 }, { status: 201 }), [{ a: 1 }, 201]],
  ['HTML', () => new Response('<html>', { status: 403 }), [{}, 403]],
  ['a list', () => Response.json([1]), [{}, 200]],
  ['null', () => Response.json(null), [{}, 200]],
  ['an empty body', () => new Response(null), [{}, 200]],
])('of %s, the function gets the members and the status', async (_what, answer, expected) => {
  const read = vi.fn<Read>(() => ({ access_token: 'token-1' }))
  await ask(answer(), read).catch(() => {})
  expect(read.mock.calls).toEqual([expected])
})

const throwing: Read = (members) => {
  throw Object.assign(new Error(String(members['access_token'])), { code: 'stolen', name: 'stolen' })
}

test.each<[what: string, read: unknown]>([
  ['throws', throwing],
  ['rejects', async (members: Parameters<Read>[0]) => throwing(members, 200)],
  ['returns undefined', () => undefined],
  ['returns null', () => null],
  ['returns a text', (members: Parameters<Read>[0]) => members['access_token']],
  ['returns a list', (members: Parameters<Read>[0]) => [members['access_token']]],
  [
    'returns an object that throws',
    () => Object.defineProperty({}, 'a', { enumerable: true, get: () => throwing({}, 200) }),
  ],
  ['is no function', 'stolen'],
])('a readTokenResponse that %s is TOKEN_MALFORMED, and the error names it and shows no token', async (_what, read) => {
  for (const status of [200, 400]) {
    const answer = Response.json({ access_token: 'stolen', expires_in: 60 }, { status })
    const error = await errorOf(ask(answer, read as Read))
    expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', status })
    expect(error).toHaveProperty('message', expect.stringContaining('readTokenResponse failed'))
    expect(JSON.stringify(error) + String(error)).not.toContain('stolen')
  }
})

test('if readTokenResponse fails, the error still has what the server said', async () => {
  const answer = Response.json({ error: 'invalid_client', error_description: 'No.' }, { status: 401 })
  const details = { code: 'TOKEN_MALFORMED', error: 'invalid_client', errorDescription: 'No.' }
  expect(await errorOf(ask(answer, throwing))).toMatchObject(details)
})

test('a token in an answer that is no success is not accepted, even if it is translated', async () => {
  const answer = Response.json({ data: { token: 'token-1' }, expires: 60_000 }, { status: 400 })
  expect(await errorOf(ask(answer, readTokenResponse))).toMatchObject({ code: 'TOKEN_MALFORMED', status: 400 })
})

test('the answer of a revocation is not translated', async () => {
  const endpoint = tokenEndpoint(Response.json({}))
  const read = vi.fn<Read>(throwing)
  const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke', readTokenResponse: read }
  await revoke({ provider: revocable, clientId: 'app', clientSecret: secret, fetch: endpoint.fetch, token: 'token-1' })
  expect(read).not.toHaveBeenCalled()
})
