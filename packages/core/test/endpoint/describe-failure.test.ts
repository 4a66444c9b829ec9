import { afterEach, expect, test, vi } from 'vitest'
import { errorOf, provider, secret } from '../support.ts'

const chunk = '../../src/loaded-later.ts'

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
  vi.doUnmock(chunk)
  vi.resetModules()
})

const described = { error_description: `about ${secret}` }

test.each<[string, () => Response, string, number]>([
  ['a refusal', () => Response.json({ error: 'invalid_client', ...described }, { status: 401 }), 'TOKEN_REFUSED', 401],
  ['an error with 200', () => Response.json({ error: 'invalid_grant', ...described }), 'TOKEN_REFUSED', 200],
  ['503', () => Response.json(described, { status: 503 }), 'TOKEN_UNAVAILABLE', 503],
  ['429', () => Response.json({ error: 'slow', ...described }, { status: 429 }), 'TOKEN_UNAVAILABLE', 429],
  ['a passing error', () => Response.json({ error: 'server_error' }, { status: 400 }), 'TOKEN_UNAVAILABLE', 400],
  ['a redirect', () => new Response(null, { status: 302 }), 'TOKEN_MALFORMED', 302],
  ['HTML', () => new Response(`<html>${secret}`), 'TOKEN_MALFORMED', 200],
  ['no token', () => Response.json(described), 'TOKEN_MALFORMED', 200],
])('if the code that describes a failure cannot be loaded, its code and status stay: %s', async (...answer) => {
  const [, response, code, status] = answer
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
