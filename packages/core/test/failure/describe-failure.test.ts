import { afterEach, expect, test, vi } from 'vitest'
import { errorOf, provider, secret } from '../support.ts'

const chunk = '../../src/loaded-after-failure.ts'

/** Sends a token request with a fresh copy of core, whose code that loads later is missing. */
async function failWithoutChunk(fetch: typeof globalThis.fetch) {
  vi.resetModules()
  vi.doMock(chunk, () => {
    throw new Error(`offline, and this is ${secret}`)
  })
  const { requestToken } = await import('../../src/endpoint/token-request.ts')
  const parameters = { grant_type: 'client_credentials' }
  return errorOf(requestToken({ provider, clientId: 'app', clientSecret: secret, fetch, parameters }))
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.doUnmock(chunk)
  vi.resetModules()
})

const described = { error_description: `about ${secret}` }

test.each<[string, () => Response, number]>([
  ['a refusal', () => Response.json({ error: 'invalid_client', ...described }, { status: 401 }), 401],
  ['an error with 200', () => Response.json({ error: 'invalid_grant', ...described }), 200],
  ['503', () => Response.json(described, { status: 503 }), 503],
  ['a redirect', () => new Response(null, { status: 302 }), 302],
  ['HTML', () => new Response(`<html>${secret}`), 200],
  ['no token', () => Response.json(described), 200],
])('if the code that describes a failure cannot be loaded, that is TOKEN_UNAVAILABLE: %s', async (...answer) => {
  const [, response, status] = answer
  const code = 'TOKEN_UNAVAILABLE'
  const error = await failWithoutChunk(async () => response())
  const message = 'example: the tokenEndpoint failed, and the part of @oauthkit/core that says why could not be loaded'
  expect(error).toMatchObject({ name: 'OAuthError', code, status, provider: 'example', message })
  expect(JSON.stringify(error)).not.toContain(secret)
})

test('if the code that describes a failure cannot be loaded, a lost connection is TOKEN_UNAVAILABLE', async () => {
  const error = await failWithoutChunk(async () => {
    throw Object.assign(new TypeError(secret), { code: 'ECONNRESET' })
  })
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  expect(error).not.toHaveProperty('status')
  expect(String(error)).not.toContain(secret)
})

test.each([
  ['503', () => new Response('', { status: 503 })],
  [
    'a lost connection',
    () => Promise.reject(Object.assign(new TypeError('failed'), { cause: { code: 'ECONNRESET' } })),
  ],
])(
  'the time that it takes to load the code that describes a failure does not count: a hiccup, %s, is bridged',
  async (_what, hiccup) => {
    const start = Date.now()
    let passed = 0
    vi.spyOn(Date, 'now').mockImplementation(() => start + passed)
    vi.resetModules()
    vi.doMock(chunk, (importOriginal) => {
      passed = 5000
      return importOriginal()
    })
    const { createTokenSource } = await import('../../src/index.ts')
    const answers = [hiccup, () => Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 3600 })]
    const fetch = async () => answers.shift()!()
    const source = createTokenSource({ provider, clientId: 'app', clientSecret: secret, fetch })
    expect((await source.getToken()).accessToken).toBe('token')
    expect(answers).toEqual([])
  },
)
