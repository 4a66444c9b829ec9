import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { clientSecretPost, revoke, type OAuthError } from '../../src/index.ts'
import { useFakeTime } from '../fake-time.ts'
import { errorOf, grant, password, provider, secret, signedIn, sourceOver, tokenEndpoint } from '../support.ts'

const { seconds } = useFakeTime()

const failure = async (answer: Response, options: Parameters<typeof sourceOver>[1] = {}) =>
  (await errorOf(sourceOver(tokenEndpoint(answer), options).getToken())) as OAuthError

const json = (members: unknown, status = 400, headers: HeadersInit = {}) => Response.json(members, { status, headers })
const page = (html: string, status: number) => new Response(html, { status, headers: { 'content-type': 'text/html' } })

/** The shapes in which servers and gateways refuse a client, with the code and the description that they say. */
const refusals: [shape: string, answer: () => Response, error: string | undefined, description: string | undefined][] =
  [
    ['RFC 6749', () => json({ error: 'invalid_client', error_description: 'No.' }, 401), 'invalid_client', 'No.'],
    ['RFC 6749 with 200', () => json({ error: 'invalid_client' }, 200), 'invalid_client', undefined],
    ['RFC 6749 with 422', () => json({ error: 'invalid_scope' }, 422), 'invalid_scope', undefined],
    ['an empty 401', () => new Response('', { status: 401 }), undefined, undefined],
    ['an empty 403', () => new Response(null, { status: 403 }), undefined, undefined],
    ['a 401 page', () => page('<html><title>Sign in</title>', 401), undefined, 'Sign in'],
    ['a 401 text', () => new Response('Bad credentials', { status: 401 }), undefined, 'Bad credentials'],
    ['401 with XML', () => new Response('<e><m>Bad  id</m></e>', { status: 401 }), undefined, 'Bad id'],
    ['403 with JSON', () => json({ message: 'Forbidden' }, 403), undefined, 'Forbidden'],
    ['403 with an empty object', () => json({}, 403), undefined, undefined],
    [
      'names with capitals',
      () => json({ ErrorCode: 'invalid_client', Error: 'The client id is invalid' }, 401),
      'invalid_client',
      'The client id is invalid',
    ],
    ['the same with 200', () => json({ ErrorCode: 'invalid_client', Error: 'No.' }, 200), 'invalid_client', 'No.'],
    [
      'Okta',
      () => json({ errorCode: 'E0000011', errorSummary: 'Invalid token provided', errorId: 'x' }, 400),
      'E0000011',
      'Invalid token provided',
    ],
    [
      'Google',
      () => json({ error: { code: 400, message: 'Bad key', status: 'INVALID_ARGUMENT', errors: [{ reason: 'x' }] } }),
      undefined,
      'Bad key',
    ],
    [
      'an object with a code',
      () => json({ error: { code: 'invalid_client', message: 'No.' } }),
      'invalid_client',
      'No.',
    ],
    ['a list of errors', () => json({ errors: [{ code: 'invalid_client', detail: 'No.' }] }), 'invalid_client', 'No.'],
    [
      'Apigee',
      () => json({ fault: { faultstring: 'Invalid key', detail: { errorcode: 'oauth.v2.InvalidClient' } } }),
      'oauth.v2.InvalidClient',
      'Invalid key',
    ],
    [
      'RFC 9457',
      () => json({ type: 'https://e.example/x', title: 'Bad', status: 400, detail: 'No such client' }),
      undefined,
      'No such client',
    ],
    ['Nest', () => json({ statusCode: 401, message: 'No.', error: 'Unauthorized' }, 401), 'Unauthorized', 'No.'],
    ['Orange', () => json({ code: 28, message: 'Bad request', description: 'No.' }), undefined, 'No.'],
    ['data', () => json({ data: { errorCode: 'invalid_client', errorMessage: 'No.' } }), 'invalid_client', 'No.'],
    ['a form with a code only', () => new Response('error=invalid_scope', { status: 400 }), 'invalid_scope', undefined],
    [
      'a form',
      () => new Response('error=invalid_client&error_description=Not+that+one', { status: 400 }),
      'invalid_client',
      'Not that one',
    ],
    [
      'a challenge',
      () =>
        new Response('', {
          status: 401,
          headers: {
            'www-authenticate': 'Bearer realm="x", error="invalid_client", error_description="Bad, very bad"',
          },
        }),
      'invalid_client',
      'Bad, very bad',
    ],
  ]

test.each(refusals)('a refusal in the shape of %s is TOKEN_REFUSED, with what it says', async (_shape, ...expected) => {
  const [answer, code, description] = expected
  const { status } = answer()
  const error = await failure(answer())
  expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_REFUSED', status })
  expect([error.error, error.errorDescription]).toEqual([code, description])
  const said = [status, code, description && `(${description})`].filter((part) => part !== undefined).join(' ')
  expect(error.message).toMatch(`example: the tokenEndpoint answered ${said}: `)
})

test.each(refusals)('a refused client is not asked each second: the shape of %s', async (_shape, answer) => {
  const endpoint = tokenEndpoint(...Array.from({ length: 20 }, answer))
  const source = sourceOver(endpoint)
  for (let second = 0; second < 10; second += 1) {
    // oxlint-disable no-await-in-loop -- one second after the other
    await errorOf(source.getToken())
    await seconds(1)
    // oxlint-enable no-await-in-loop
  }
  expect(endpoint.requests.length).toBeLessThanOrEqual(4)
})

test.each([
  ['an object', () => json({ error: { code: 'invalid_grant' } })],
  ['Kakao', () => json({ error: 'invalid_grant', error_description: 'expired', error_code: 'KOE322' })],
  ['a limit of uses', () => json({ error: 'invalid_grant', error_description: 'Refresh token usage limit exceeded' })],
  ['names with capitals', () => json({ ErrorCode: 'invalid_grant', Error: 'No.' })],
])('a refresh token that is dead in the shape of %s needs a sign-in', async (_shape, answer) => {
  const source = sourceOver(tokenEndpoint(answer()), { grant: signedIn })
  await source.setToken({ accessToken: 'old', refreshToken: 'refresh-1', expiresAt: 1 })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_MISSING', error: 'invalid_grant' })
})

/** The answers of an overloaded server, of a proxy or of a firewall. */
const unavailable: [what: string, answer: () => Response][] = [
  ['403 in HTML', () => page('<html><title>Request blocked</title>', 403)],
  ['403 in plain text', () => new Response('RBAC: access denied', { status: 403 })],
  ['403 with Retry-After', () => json({ error: 'access_denied' }, 403, { 'retry-after': '5' })],
  ['an empty 403 with Retry-After', () => new Response('', { status: 403, headers: { 'retry-after': '5' } })],
  ['403 that names a rate limit', () => json({ error: 'rate_limit_exceeded' }, 403)],
  ['401 that names a rate limit', () => json({ error: 'x', error_description: 'Too many requests' }, 401)],
  ['400 that names a rate limit', () => json({ errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' })],
  ['400 with a quota', () => json({ error: { status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded' } })],
  ['400 with slow_down', () => json({ error: 'slow_down' })],
  ['403 with limit_exceeded', () => json({ error: 'limit_exceeded' }, 403)],
  ['400 with a login rate', () => json({ error: 'invalid_grant', error_description: 'login rate exceeded' })],
  ['429 in HTML', () => page('<html>', 429)],
  ['400 with server_error', () => json({ error: 'server_error' })],
  ['502 in HTML', () => page('<html>', 502)],
]

test.each(unavailable)('%s is TOKEN_UNAVAILABLE', async (_what, answer) => {
  const error = errorOf(sourceOver(tokenEndpoint(answer(), answer(), answer())).getToken())
  await seconds(1)
  expect(await error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringMatching(/try again later$/) })
})

test.each(unavailable)(
  'a grant that can start over does not do so at once after %s to its refresh token',
  async (_what, answer) => {
    const endpoint = tokenEndpoint(grant('token-1', { refresh_token: 'refresh-1' }), answer())
    const source = sourceOver(endpoint, { grant: password })
    await source.getToken()
    expect(await errorOf(source.getToken({ rejected: 'token-1' }))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    expect(endpoint.requests).toHaveLength(2)
    await seconds(6)
    expect((await source.getToken({ rejected: 'token-1' })).accessToken).toBe('token-3')
    expect(await endpoint.requests[2]?.text()).toContain('refresh_token=refresh-1')
  },
)

test('a rate limit does not end a refresh token', async () => {
  const answer = json({ error: 'invalid_grant', error_description: 'login rate exceeded' })
  const endpoint = tokenEndpoint(answer)
  const source = sourceOver(endpoint, { grant: signedIn })
  await source.setToken({ accessToken: 'old', refreshToken: 'refresh-1', expiresAt: 1 })
  expect(await errorOf(source.getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  await seconds(1)
  expect((await source.getToken()).accessToken).toBe('token-2')
})

test.each([403])('a firewall that answers %i is not asked each second', async (status) => {
  const endpoint = tokenEndpoint(...Array.from({ length: 20 }, () => page('<html>', status)))
  const source = sourceOver(endpoint)
  for (let second = 0; second < 10; second += 1) {
    // oxlint-disable no-await-in-loop -- one second after the other
    await errorOf(source.getToken())
    await seconds(1)
    // oxlint-enable no-await-in-loop
  }
  expect(endpoint.requests.length).toBeLessThanOrEqual(4)
})

test.each([
  ['a 404 page', () => page('<html><title>Not found</title>', 404), '404 (Not found): neither a success nor'],
  ['a 404 in JSON', () => json({ message: 'No route' }, 404), '404 (No route): neither a success nor'],
  ['a 400 page', () => page('<html>', 400), '400: neither a success nor'],
  [
    'a 404 of Spring',
    () => json({ status: 404, error: 'Not Found', path: '/token' }, 404),
    '404 Not Found: neither a success nor',
  ],
  ['405 in JSON', () => json({ code: 61, message: 'Method not allowed' }, 405), '405 (Method not allowed): neither'],
  ['a proxy that asks for credentials', () => page('<html>', 407), '407: a proxy asks for credentials'],
  ['a sign-in page', () => page('<html><title>Wi-Fi</title>', 200), '200 (Wi-Fi): neither a token nor'],
  [
    '200 with a message only',
    () => json({ code: 'OK', message: 'all fine' }, 200),
    '200 (all fine): neither a token nor',
  ],
])('%s is TOKEN_MALFORMED, and the message says what it is', async (_what, answer, message) => {
  expect(await failure(answer())).toMatchObject({
    code: 'TOKEN_MALFORMED',
    message: expect.stringContaining(`example: the tokenEndpoint answered ${message}`),
  })
})

test.each([
  ['invalid_client', 400, 'check clientId and its credential'],
  ['unauthorized_client', 400, 'check which grants'],
  ['unsupported_grant_type', 400, 'check which grants'],
  ['access_denied', 403, 'check what the provider allows'],
  ['invalid_grant', 400, 'the code, refresh token or assertion has ended, was used already'],
  ['invalid_scope', 400, 'check the option scope'],
  ['invalid_target', 400, 'check the option resource'],
  ['invalid_request', 400, 'check the options scope, resource and parameters'],
  ['consent_required', 400, "check the client's credentials and settings at the provider"],
  ['', 401, 'check clientId and its credential'],
])('the advice fits the error %s', async (error, status, advice) => {
  expect((await failure(json({ error }, status))).message).toContain(`: ${advice}`)
})

test.each([
  ['Basic YXBwOnNlY3JldA==', 'seems to be a whole header'],
  ['bearer abc', 'seems to be a whole header'],
  ['"S3cr3t"', 'has quotes around it'],
  ["'S3cr3t'", 'has quotes around it'],
  ['S3cr3t\\n', 'ends with an escaped line break'],
  ['-----BEGIN PRIVATE KEY-----', 'seems to be a private key'],
  ['a%2Fb', 'seems to be percent-encoded'],
  [btoa('app:S3cr3t'), 'seems to be id and secret in base64'],
])('a refused secret of a wrong shape, %s, is told by its shape, and not shown', async (clientSecret, hint) => {
  const { message } = await failure(json({ error: 'invalid_client' }, 401), { clientSecret })
  expect(message).toContain(`; the clientSecret ${hint}`)
  expect(message).not.toContain(clientSecret)
})

test.each([secret, 'a:b', 'YWJjZGVmZ2g=', 'abcdefgh', '100%', "it's"])(
  'a refused secret of a usual shape, %s, is not called wrong',
  async (clientSecret) => {
    const { message } = await failure(json({ error: 'invalid_client' }, 401), { clientSecret })
    expect(message).not.toContain('the clientSecret')
  },
)

test('the shape of the secret is not told if the refusal is about something else', async () => {
  const { message } = await failure(json({ error: 'invalid_scope' }), { clientSecret: '"S3cr3t"' })
  expect(message).not.toContain('clientSecret')
})

const date = (offsetS: number) => ({ date: new Date(1_000_000 + offsetS * 1000).toUTCString() })

test.each([
  [600, "; this machine's clock is 600 s behind the server's: set it"],
  [-600, "; this machine's clock is 600 s ahead of the server's: set it"],
  [31, "; this machine's clock is 31 s behind the server's: set it"],
])('if the clocks differ by %i s, a refusal says so', async (offset, message) => {
  expect((await failure(json({ error: 'invalid_client' }, 401, date(offset)))).message).toContain(message)
})

test.each([date(30), date(-30), date(0), { date: 'soon' }, { date: '120.5' }])(
  'the clock is not suspected if the answer has %o',
  async (headers) => {
    expect((await failure(json({ error: 'invalid_client' }, 401, headers))).message).not.toContain('clock')
  },
)

test('a clock that differs is no reason for a server that is down', async () => {
  expect((await failure(json({}, 500, date(600)))).message).not.toContain('clock')
})

test.each([502, 503, 504])(
  'the body of a %i that never ends is not awaited, and the hiccup is bridged',
  async (status) => {
    let isCancelled = false
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    const endpoint = tokenEndpoint(new Response(body, { status }))
    const token = sourceOver(endpoint).getToken()
    await seconds(2)
    expect((await token).accessToken).toBe('token-2')
    expect(isCancelled).toBe(true)
  },
)

test('the body of a refusal is read, even if it takes longer than that', async () => {
  const body = new ReadableStream({
    start: (controller) => {
      const send = () => {
        controller.enqueue(new TextEncoder().encode('{"error":"invalid_scope"}'))
        controller.close()
      }
      setTimeout(send, 2000)
    },
  })
  const error = failure(new Response(body, { status: 400 }))
  await seconds(2)
  expect(await error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_scope' })
})

test('the body of a 503 that breaks off still counts as a 503', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) })
  expect(await failure(new Response(body, { status: 503, headers: { 'retry-after': '1' } }))).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    status: 503,
  })
})

test.each([
  [525, 'the TLS connection behind its proxy failed'],
  [526, 'its certificate is not trusted by its proxy'],
  [530, 'its proxy does not know its host name'],
])('the status %i of a proxy does not pass by itself, and the message says what it is', async (status, advice) => {
  expect(await failure(page('<html>', status))).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: expect.stringContaining(`answered ${status}: ${advice}`),
  })
})

test('a revocation endpoint refuses in the same shapes', async () => {
  const { fetch } = tokenEndpoint(json({ ErrorCode: 'invalid_client', Error: 'No.' }, 401))
  const revocable = { ...provider, revocationEndpoint: 'https://id.example/revoke', clientAuth: clientSecretPost }
  const error = await errorOf(
    revoke({ provider: revocable, clientId: 'app', clientSecret: secret, token: 'token-1', fetch }),
  )
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED', error: 'invalid_client', errorDescription: 'No.' })
})

test.each([
  [{ error: 'invalid_scope', error_description: 'The scope quota:read is not allowed' }, 400],
  [{ error: 'invalid_client', error_description: 'Client throttle-service not found' }, 401],
  [{ error: 'unauthorized_client', error_description: 'Not for the product limit-reached' }, 400],
])('a refusal that only mentions a limit, %o, is no rate limit', async (members, status) => {
  expect(await failure(json(members, status))).toMatchObject({ code: 'TOKEN_REFUSED', error: members.error })
})

test.each([
  ['invalid_client', { clientSecret: 'client' }],
  ['invalid_grant', { clientSecret: 'grant' }],
  ['invalid_scope', { clientSecret: 'invalid_scope' }],
])('an error of the standard, %s, is shown even if a secret is a part of it', async (error, options) => {
  expect(await failure(json({ error }), options)).toMatchObject({ error })
})

test.each<[string, string, Parameters<typeof sourceOver>[1]]>([
  ['the scheme of Basic', 'Use HTTP Basic authentication', {}],
  [
    'the start of a redirect URI',
    'see https://docs.example/errors#1',
    { grant: { name: 'x', identity: '', parameters: () => ({ redirect_uri: 'https://app.example/cb' }) } },
  ],
])('%s is not a secret, and does not remove harmless text', async (_what, text, options) => {
  const error = await failure(json({ error: 'invalid_client', error_description: text }, 401), options)
  expect(error.errorDescription).toBe(text)
})

test.each([
  ['<title', 512],
  ['<', 64],
  ['<!--', 512],
  ['<script', 512],
  ['<style>', 512],
  ['<title>', 512],
  ['a ', 512],
  ['"', 512],
  ['=', 512],
  ['error=', 512],
  ['[', 512],
  ['{"a":', 512],
])('a page of %j, %i kB long, is read at once', async (text, kilobytes) => {
  const body = text.repeat((kilobytes * 1024) / text.length)
  for (const status of [200, 400, 401]) {
    // oxlint-disable-next-line no-await-in-loop -- few
    expect(await failure(new Response(body, { status }))).toHaveProperty('status', status)
  }
})

test.each(['code', 'type', 'message', 'detail', 'description', 'title', 'reason', 'data', 'result'])(
  'a token that a success has under the name %s is not shown',
  async (name) => {
    for (const members of [{ [name]: 'tokenOfASuccess' }, { data: { [name]: 'tokenOfASuccess' } }]) {
      const error = await failure(json(members, 200))
      expect(error.code).toBe('TOKEN_MALFORMED')
      expect(JSON.stringify(error) + String(error)).not.toContain('tokenOfASuccess')
    }
  },
)

test.each(['token', 'accessToken', 'ACCESS_TOKEN', 'authToken', 'refreshToken', 'id_token', 'session-token', 'TOKEN'])(
  'a token under the name %s is removed from the other texts',
  async (name) => {
    const message = 'The session tokenOfASuccess was made.'
    const token = { [name]: 'tokenOfASuccess' }
    const bodies = [
      { ...token, message },
      { data: { ...token, message } },
      { data: [token], message },
      [{ token, message }],
    ]
    for (const status of [200, 400]) {
      for (const body of bodies) {
        const error = await failure(json(body, status))
        expect(error.errorDescription).toBe('The session [redacted] was made.')
        expect(JSON.stringify(error) + String(error)).not.toContain('tokenOfASuccess')
      }
    }
  },
)

test('a token that only readTokenResponse finds is removed from the other texts', async () => {
  const text = 'session=tokenOfASession&message=The session tokenOfASession is locked.'
  const readTokenResponse = () => ({ session_token: 'tokenOfASession', error_description: text.split('message=')[1] })
  const error = await failure(new Response(text, { status: 400 }), { provider: { ...provider, readTokenResponse } })
  expect(error.errorDescription).toBe('The session [redacted] is locked.')
})

test.each([
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln',
  'Xk93jfKdl29fjvKq0dlsDJ',
  'f2b6c1d09a8e47b3a5c4',
  'QWxhZGRpbjpvcGVu==',
])('a text of a success shows no word that can be a token: %s', async (token) => {
  const message = `Your key is ${token}.`
  const bodies = [
    { access: token, message },
    { tokens: [token], message },
    { session: { value: token }, message },
    { message },
    { message: `Use https://api.example/?key=${token} now` },
    { error: token },
    { access: token, error_id: token },
  ].map((body) => JSON.stringify(body))
  const forms = [`access_token=${token}&token_type=mac&message=hello+${token}`, `error=slow+${token}`]
  for (const body of [...bodies, ...forms, `<title>Your token: ${token}</title>`]) {
    const error = await failure(new Response(body))
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(token)
  }
})

test('a text of a success shows its words, also long ones', async () => {
  const members = {
    error: 'invalid_client_metadata_of_the_client',
    error_description: 'Misconfiguration of the client',
  }
  expect(await failure(json(members, 200))).toMatchObject({
    error: members.error,
    errorDescription: members.error_description,
  })
})

test('an answer that masks its own tokens is read', async () => {
  const members = {
    error: 'invalid_request',
    error_description: 'refresh_token [redacted] is unknown',
    refresh_token: '[redacted]',
  }
  expect(await failure(json(members))).toMatchObject({ code: 'TOKEN_REFUSED' })
})

test('a secret in a page is removed before the page is shortened', async () => {
  const clientSecret = 'S3<cr3>t-of  the'
  const answer = page(`<p>the secret ${clientSecret} is wrong`, 401)
  expect((await failure(answer, { clientSecret })).message).not.toMatch(/cr3|t-of/)
})
