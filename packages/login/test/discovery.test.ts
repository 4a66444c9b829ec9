import { expect, test } from 'vitest'
import { complete, errorOf, least, metadata, scripted } from './support.ts'

const wellKnown = 'https://id.example/.well-known/openid-configuration'

test("a provider's metadata is fetched once, from the address of its issuer", async () => {
  const { login, asked } = scripted(least, () => Response.json(metadata))
  const { url } = await login.start()
  await login.start()
  expect(url).toMatch(/^https:\/\/id\.example\/auth\?/)
  expect(asked).toEqual([wellKnown])
})

test('metadata is fetched from discoveryUrl if the provider has one', async () => {
  const discoveryUrl = 'https://elsewhere.example/metadata'
  const { login, asked } = scripted({ ...least, discoveryUrl }, () => Response.json(metadata))
  await login.start()
  expect(asked).toEqual([discoveryUrl])
})

test("the provider's data has priority over its metadata", async () => {
  const provider = { ...least, authorizationEndpoint: 'https://id.example/own' }
  const { login, asked } = scripted(provider, () => Response.json(metadata))
  expect((await login.start()).url).toMatch(/^https:\/\/id\.example\/own\?/)
  expect(asked).toEqual([wellKnown])
})

test('complete data needs no metadata', async () => {
  const { login, asked } = scripted(complete, () => Response.json(metadata))
  await login.endSessionUrl()
  expect(asked).toEqual([])
})

test.each<[string, () => Response, string]>([
  ['names another issuer', () => Response.json({ ...metadata, issuer: 'https://evil.example' }), 'TOKEN_MALFORMED'],
  ['names no issuer', () => Response.json({ ...metadata, issuer: undefined }), 'TOKEN_MALFORMED'],
  ['is not JSON', () => new Response('<html>'), 'TOKEN_MALFORMED'],
  ['is not there', () => new Response(null, { status: 404 }), 'TOKEN_MALFORMED'],
  ['redirects', () => new Response(null, { status: 302, headers: { location: '/x' } }), 'TOKEN_MALFORMED'],
  [
    'does not say where to sign in',
    () => Response.json({ ...metadata, authorization_endpoint: undefined }),
    'TOKEN_MALFORMED',
  ],
  ['does not say where its keys are', () => Response.json({ ...metadata, jwks_uri: undefined }), 'TOKEN_MALFORMED'],
  [
    'has an insecure endpoint',
    () => Response.json({ ...metadata, jwks_uri: 'http://id.example/jwks' }),
    'TOKEN_MALFORMED',
  ],
  [
    'has an endpoint with a password in it',
    () => Response.json({ ...metadata, authorization_endpoint: 'https://a:b@id.example' }),
    'TOKEN_MALFORMED',
  ],
  ['is down', () => new Response(null, { status: 503 }), 'TOKEN_UNAVAILABLE'],
  [
    'cannot be reached',
    () => {
      throw new TypeError('fetch failed')
    },
    'TOKEN_UNAVAILABLE',
  ],
])('metadata that %s is an OAuthError, and is fetched again the next time', async (_what, answer, code) => {
  for (const provider of [least, { ...least, discoveryUrl: 'https://elsewhere.example/metadata' }]) {
    let isGood = false
    const { login } = scripted(provider, () => (isGood ? Response.json(metadata) : answer()))
    // oxlint-disable-next-line no-await-in-loop -- only two
    expect(await errorOf(login.start())).toMatchObject({ name: 'OAuthError', code, provider: 'example' })
    isGood = true
    // oxlint-disable-next-line no-await-in-loop -- see above
    await expect(login.start()).resolves.toHaveProperty('url')
  }
})

test.each([
  ['ECONNREFUSED', 'no server listens there: check the URL, or try again later'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted'],
  ['ENOTFOUND', 'its host name is not known'],
])('a provider that cannot be reached (%s) is TOKEN_UNAVAILABLE, with advice that fits', async (code, advice) => {
  const { login } = scripted(least, () => Promise.reject(Object.assign(new TypeError('fetch failed'), { code })))
  expect(await errorOf(login.start())).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: expect.stringContaining(`https://id.example did not answer (${code}): ${advice}`),
  })
})

test('a provider that does not answer in time is TOKEN_UNAVAILABLE', async () => {
  const { login } = scripted(least, () => new Response(), {
    timeoutMs: 20,
    fetch: (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error))
      }),
  })
  expect(await errorOf(login.start())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('an answer that begins in time and does not end is TOKEN_UNAVAILABLE', async () => {
  const { login } = scripted(least, () => new Response(), {
    timeoutMs: 20,
    fetch: async (_input, init) => {
      const body = new ReadableStream({
        start: (controller) =>
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason as Error)),
      })
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    },
  })
  expect(await errorOf(login.start())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test.each([
  ['at the issuer', least],
  ['at discoveryUrl', { ...least, discoveryUrl: 'https://elsewhere.example/metadata' }],
])('metadata is requested as JSON, and redirects are not followed: %s', async (_where, provider) => {
  const { login, requests } = scripted(provider, () => Response.json(metadata))
  await login.start()
  expect(requests).toMatchObject([{ method: 'GET', redirect: 'manual' }])
  expect(requests[0]?.headers.get('accept')).toBe('application/json')
})

test.each(['authorization_endpoint', 'jwks_uri'] as const)(
  'the error for metadata without %s says what to add',
  async (member) => {
    const { login } = scripted(least, () => Response.json({ ...metadata, [member]: undefined }))
    expect(await errorOf(login.start())).toMatchObject({
      code: 'TOKEN_MALFORMED',
      message: `example: its metadata has no ${member}: add it to the provider's data`,
    })
  },
)

test('a request that takes too long is aborted', async () => {
  let signal: AbortSignal | null | undefined
  const { login } = scripted(least, () => new Response(), {
    timeoutMs: 20,
    fetch: (_input, init) => {
      signal = init?.signal
      return new Promise(() => {})
    },
  })
  expect(await errorOf(login.start())).toMatchObject({
    message: expect.stringContaining('the sign-in: no answer within'),
  })
  expect(signal?.aborted).toBe(true)
})

test('an error of a fetch is not taken over, even if it has the name of an OAuthError', async () => {
  const stolen = Object.assign(new Error('secret-zzz'), { name: 'OAuthError', code: 'TOKEN_UNAVAILABLE' })
  const { login } = scripted(least, () => Promise.reject(stolen))
  expect(String(await errorOf(login.start()))).not.toContain('secret-zzz')
})
