import { inspect } from 'node:util'
import type { LoginTransaction } from '../src/index.ts'
import { expect, test } from 'vitest'
import { complete, errorOf, least, scripted } from './support.ts'

const callback = 'https://app.example/callback'

/** Starts a sign-in at a provider whose token endpoint answers as scripted. */
async function started(answer: () => Response = () => new Response(null, { status: 500 })) {
  const { login, asked } = scripted(complete, answer)
  const { transaction } = await login.start()
  return { login, asked, transaction, url: `${callback}?code=the-code&state=${transaction.state}` }
}

test.each<[string, (transaction: LoginTransaction) => LoginTransaction | null | undefined, string]>([
  ['there is no transaction', () => undefined, 'no sign-in was started in this session, or it has ended'],
  ['the transaction is null', () => null, 'no sign-in was started in this session'],
  ['the transaction has another shape', () => ({ state: 'x' }) as never, 'no sign-in was started in this session'],
  [
    'its maxAge is not a number',
    (transaction) => ({ ...transaction, maxAge: null as never }),
    'no sign-in was started',
  ],
  [
    'a member of the transaction is empty',
    (transaction) => ({ ...transaction, nonce: '' }),
    'no sign-in was started in this session',
  ],
  [
    'the transaction is for another provider',
    (transaction) => ({ ...transaction, issuer: 'https://x.example' }),
    'another provider',
  ],
  [
    'the transaction is for another sign-in',
    (transaction) => ({ ...transaction, state: 'other' }),
    'does not belong to the sign-in',
  ],
])('if %s, the user must sign in again, and nothing is sent', async (_what, change, message) => {
  const { login, asked, transaction, url } = await started()
  const error = await errorOf(login.finish(url, change(transaction)))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MISSING', message: expect.stringContaining(message) })
  expect(asked).toEqual([])
})

test.each([
  ['without a state', (state: string) => `?code=the-code${state.slice(0, 0)}`, 'TOKEN_MISSING', 'has no state'],
  ['with a state that is empty', () => '?code=the-code&state=', 'TOKEN_MISSING', 'does not belong'],
  ['with two states', (state: string) => `?code=the-code&state=${state}&state=x`, 'TOKEN_MISSING', 'does not belong'],
  [
    "with another server's iss",
    (state: string) => `?code=the-code&state=${state}&iss=https://evil.example`,
    'TOKEN_MALFORMED',
    'iss',
  ],
  ['without a code', (state: string) => `?state=${state}`, 'TOKEN_MALFORMED', 'code'],
  ['with two codes', (state: string) => `?code=a&code=b&state=${state}`, 'TOKEN_MALFORMED', 'code'],
  ['with an ID token', (state: string) => `?code=a&id_token=b&state=${state}`, 'TOKEN_MALFORMED', 'implicit'],
  ['with a signed response', (state: string) => `?response=a&state=${state}`, 'TOKEN_MALFORMED', 'JARM'],
])('a callback %s is refused, and nothing is sent', async (_what, write, code, message) => {
  const { login, asked, transaction } = await started()
  const error = await errorOf(login.finish(callback + write(transaction.state), transaction))
  expect(error).toMatchObject({ name: 'OAuthError', code, message: expect.stringContaining(message) })
  expect(asked).toEqual([])
})

test('an error in the callback is TOKEN_REFUSED, cut to printable characters that fit on a log line', async () => {
  const { login, transaction } = await started()
  const query = new URLSearchParams({
    error: 'access_denied',
    error_description: `no\n\u001B[31m${'x'.repeat(500)}`,
    state: transaction.state,
  })
  const error = await errorOf(login.finish(`${callback}?${query.toString()}`, transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'access_denied' })
  expect((error as { errorDescription: string }).errorDescription).toMatch(/^no \[31mx{280,300}$/)
})

test.each<[string, () => Response, object]>([
  [
    'an error',
    () => Response.json({ error: 'invalid_grant', error_description: 'used' }, { status: 400 }),
    { code: 'TOKEN_REFUSED', status: 400, error: 'invalid_grant', errorDescription: 'used' },
  ],
  [
    'an error with an id',
    () => Response.json({ error: 'invalid_client', error_id: 'et-1' }, { status: 401 }),
    { code: 'TOKEN_REFUSED', error: 'invalid_client', requestId: 'et-1' },
  ],
  [
    '503 with Retry-After',
    () => new Response(null, { status: 503, headers: { 'retry-after': '120' } }),
    { code: 'TOKEN_UNAVAILABLE', retryAt: expect.any(Number) },
  ],
  [
    'an error and a challenge',
    () =>
      Response.json({ error: 'invalid_client' }, { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
    { code: 'TOKEN_REFUSED', status: 401, error: 'invalid_client' },
  ],
  [
    'only a challenge',
    () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
    { code: 'TOKEN_REFUSED', status: 401 },
  ],
  ['500', () => new Response(null, { status: 500 }), { code: 'TOKEN_UNAVAILABLE', status: 500 }],
  ['429', () => Response.json({ error: 'slow_down' }, { status: 429 }), { code: 'TOKEN_UNAVAILABLE', status: 429 }],
  ['HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), { code: 'TOKEN_MALFORMED' }],
  ['a redirect', () => new Response(null, { status: 302 }), { code: 'TOKEN_MALFORMED' }],
  [
    'no ID token',
    () => Response.json({ access_token: 'the-token', token_type: 'Bearer' }),
    { code: 'TOKEN_MALFORMED' },
  ],
  ['no token', () => Response.json({ id_token: 'the-token' }), { code: 'TOKEN_MALFORMED' }],
  [
    'a malformed ID token',
    () => Response.json({ access_token: 'the-token', token_type: 'Bearer', id_token: 'the-id-token' }),
    { code: 'TOKEN_MALFORMED' },
  ],
])('a token endpoint that answers %s is an OAuthError, and the code is sent once', async (_what, answer, expected) => {
  const { login, asked, transaction, url } = await started(answer)
  const error = await errorOf(login.finish(url, transaction))
  expect(error).toMatchObject({ name: 'OAuthError', provider: 'example', ...expected })
  expect(asked).toEqual([complete.tokenEndpoint])
  const { state, nonce, codeVerifier } = transaction
  for (const secret of [state, nonce, codeVerifier, 'the-code', 'the-secret', 'the-token', 'the-id-token']) {
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
  }
})

test('an error does not show the secrets that a token endpoint repeats', async () => {
  const sent: string[] = []
  const { login } = scripted(complete, () => new Response(), {
    clientSecret: 'the secret',
    fetch: async (_input, init) => {
      const credential = new Headers(init?.headers).get('authorization')?.slice('Basic '.length) ?? ''
      const { code_verifier: codeVerifier = '' } = Object.fromEntries(new URLSearchParams(init?.body as string))
      sent.push('the-code', 'the secret', 'the+secret', credential, codeVerifier)
      return Response.json({ error: 'invalid_grant', error_description: sent.join(' or ') }, { status: 400 })
    },
  })
  const { transaction } = await login.start()
  const error = await errorOf(login.finish(`${callback}?code=the-code&state=${transaction.state}`, transaction))
  expect(error).toMatchObject({
    code: 'TOKEN_REFUSED',
    errorDescription: sent.map(() => '[redacted]').join(' or '),
  })
  for (const secret of sent) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret)
})

test.each(['temporarily_unavailable', 'server_error'])(
  'the error %s is TOKEN_UNAVAILABLE, not TOKEN_REFUSED',
  async (error) => {
    const expected = { code: 'TOKEN_UNAVAILABLE', error }
    const { login, transaction, url } = await started(() => Response.json({ error }, { status: 400 }))
    expect(await errorOf(login.finish(url, transaction))).toMatchObject(expected)
    const sentBack = `${callback}?error=${error}&state=${transaction.state}`
    expect(await errorOf(login.finish(sentBack, transaction))).toMatchObject(expected)
  },
)

test('a path and a query are enough for a callback URL', async () => {
  const { login, asked, transaction, url } = await started()
  await errorOf(login.finish(url.replace('https://app.example', ''), transaction))
  expect(asked).toEqual([complete.tokenEndpoint])
})

test('a callback that is not a URL is refused, and the error does not show it', async () => {
  const { login, transaction } = await started()
  const error = await errorOf(login.finish('//[?code=the-code', transaction))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_MISSING' })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('the-code')
})

test('a callback without a transaction sends nothing, even if the metadata is not known yet', async () => {
  const { login, asked } = scripted(least, () => new Response(null, { status: 503 }))
  expect(await errorOf(login.finish(`${callback}?code=a&state=b`, undefined))).toMatchObject({ code: 'TOKEN_MISSING' })
  expect(asked).toEqual([])
})

test('a client authentication that fails is TOKEN_UNAVAILABLE, and its message is not shown', async () => {
  const { login } = scripted(complete, () => new Response(), {
    clientAuth: () => {
      throw new Error('the pin 1234 was refused')
    },
  })
  const { transaction } = await login.start()
  const error = await errorOf(login.finish(`${callback}?code=a&state=${transaction.state}`, transaction))
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('pin 1234')
})

test.each([
  ['a fetch that ignores its signal', { fetch: () => new Promise<Response>(() => {}) }],
  ['a look-up of the secret that never ends', { clientSecret: () => new Promise<string>(() => {}) }],
  ['a response that never ends', { fetch: async () => new Response(new ReadableStream()) }],
])('%s ends at timeoutMs', async (_what, own) => {
  const { transaction } = await scripted(complete, () => new Response()).login.start()
  const { login } = scripted(complete, () => new Response(), { timeoutMs: 30, ...own })
  const error = await errorOf(login.finish(`${callback}?code=a&state=${transaction.state}`, transaction))
  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('30 ms') })
})

test.each([
  ['consent_required', 'let the user sign in again'],
  ['access_denied', 'let the user sign in again'],
  ['invalid_scope', "check the client's settings at the provider"],
  ['unauthorized_client', "check the client's settings at the provider"],
])('the OAuthError for %s in a callback says what to do', async (error, what) => {
  const { login, transaction } = await started()
  const refused = await errorOf(login.finish(`${callback}?error=${error}&state=${transaction.state}`, transaction))
  expect(refused).toMatchObject({ code: 'TOKEN_REFUSED', error, message: expect.stringContaining(what) })
})

test('a callback without iss is refused if the server promises to send iss', async () => {
  const promising = { ...complete, authorizationResponseIssParameterSupported: true }
  const { login, asked } = scripted(promising, () => new Response())
  const { transaction } = await login.start()
  const error = await errorOf(login.finish(`${callback}?code=a&state=${transaction.state}`, transaction))
  expect(error).toMatchObject({ code: 'TOKEN_MALFORMED', message: expect.stringContaining('iss') })
  expect(asked).toEqual([])
})

test('an error of a callback shows neither its code nor what is secret in its sign-in', async () => {
  const { login } = scripted(complete, () => new Response(null, { status: 500 }))
  const { transaction } = await login.start()
  const { state, nonce, codeVerifier } = transaction
  const hidden = ['the-code-123456', state, nonce, codeVerifier]
  const query = new URLSearchParams({ error: 'invalid_request', error_description: hidden.join(' '), state })
  const error = await errorOf(login.finish(`/callback?${query}&code=the-code-123456`, transaction))
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', errorDescription: Array(4).fill('[redacted]').join(' ') })
  for (const text of hidden) expect(JSON.stringify(error) + String(error)).not.toContain(text)
})
