import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic } from '@oauthkit/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import nodeFetch from 'node-fetch'
import { afterEach, expect, test, vi } from 'vitest'
import { createLogin } from '../src/index.ts'

const servers: Server[] = []

afterEach(async () => {
  vi.unstubAllGlobals()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Starts a provider over HTTP, with one user. */
async function startProvider() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const keys = [await exportJWK(publicKey)]
  const asked: string[] = []
  let nonce = ''
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? '')
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: url, sub: 'ada', aud: 'app', iat: now, exp: now + 60, nonce }
    const answers: Record<string, () => object | Promise<object>> = {
      '/.well-known/openid-configuration': () => ({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        userinfo_endpoint: `${url}/me`,
        revocation_endpoint: `${url}/revoke`,
        jwks_uri: `${url}/keys`,
      }),
      '/keys': () => ({ keys }),
      '/token': async () => ({
        data: { token: 'token-1' },
        id_token: await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
      }),
      '/me': () => ({ sub: 'ada', name: 'Ada' }),
      '/revoke': () => ({}),
    }
    const answer = await answers[request.url ?? '']?.()
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, setNonce: (next: string) => void (nonce = next) }
}

/** Signs a user in and out. */
async function signInAndOut(fetch?: typeof globalThis.fetch) {
  const { url, asked, setNonce } = await startProvider()
  const login = createLogin({
    provider: {
      name: 'example',
      issuer: url,
      tokenEndpoint: `${url}/token`,
      apis: [`${url}/api`],
      clientAuth: clientSecretBasic,
      readTokenResponse: ({ data, ...members }) => ({ ...members, access_token: (data as { token: string }).token }),
    },
    clientId: 'app',
    clientSecret: 'the-secret',
    redirectUri: 'https://app.example/callback',
    fetch,
  })
  const { transaction } = await login.start()
  setNonce(transaction.nonce)
  const { token, claims } = await login.finish(`/callback?code=a&state=${transaction.state}`, transaction)
  const info = await login.userInfo(token)
  await login.revoke(token)
  return { token, claims, info, asked }
}

/** A `fetch` whose responses have only what every `fetch` has. */
const plainFetch = (async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  const { status, ok, headers } = response
  return { status, ok, headers, text: () => response.text() }
}) as typeof fetch

test.each([
  ['the platform', undefined],
  ['node-fetch', nodeFetch as unknown as typeof fetch],
  ['a fetch whose responses have no body', plainFetch],
])('a user signs in and out over %s, and the provider reads its token response', async (_what, fetch) => {
  const { token, claims, info, asked } = await signInAndOut(fetch)
  expect(token).toMatchObject({ accessToken: 'token-1', idToken: expect.any(String) })
  expect(claims.sub).toBe('ada')
  expect(info).toEqual({ sub: 'ada', name: 'Ada' })
  expect(asked).toEqual(['/.well-known/openid-configuration', '/token', '/keys', '/me', '/revoke'])
})

test('on Deno, the requests for the token and the revocation have clients without a pool, which are closed', async () => {
  const close = vi.fn<() => void>()
  const createHttpClient = vi.fn<(options: object) => object>(() => ({ close }))
  vi.stubGlobal('Deno', { ...(globalThis as { Deno?: object }).Deno, createHttpClient })
  const platform = globalThis.fetch
  const withClient: string[] = []
  vi.stubGlobal('fetch', (input: string, { client, ...init }: RequestInit & { client?: unknown } = {}) => {
    if (client) withClient.push(new URL(input).pathname)
    return platform(input, init)
  })
  await signInAndOut()
  expect(createHttpClient.mock.calls).toEqual([[{ poolMaxIdlePerHost: 0 }], [{ poolMaxIdlePerHost: 0 }]])
  expect(withClient).toEqual(['/token', '/revoke'])
  expect(close).toHaveBeenCalledTimes(2)
})

test.each([
  ['no browser', undefined, undefined],
  ['a browser, which does not keep user info either', new URL('https://app.example/page'), 'no-store'],
])(
  'each request of a sign-in and a sign-out is exempt from the cache of Next.js: %s',
  async (_where, location, cache) => {
    vi.stubGlobal('location', location)
    const sent: unknown[] = []
    const record = async (url: string, init: RequestInit & { next?: unknown } = {}) => {
      sent.push({ path: new URL(url).pathname, next: init.next, cache: init.cache })
      return fetch(url, init)
    }
    const { asked } = await signInAndOut(record as typeof fetch)
    // Workers of older releases refuse the option `cache`, and Next.js fails some pages because of it.
    const next = { internal: true }
    expect(sent).toEqual(asked.map((path) => ({ path, next, cache: path === '/me' ? cache : undefined })))
  },
)
