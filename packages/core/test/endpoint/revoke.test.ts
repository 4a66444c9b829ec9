import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { revoke, type ClientAuth, type OAuthError } from '../../src/index.ts'
import { requestToken } from '../../src/plugin/index.ts'
import { errorOf, grant, provider as example, refusal, secret, tokenEndpoint } from '../support.ts'

const provider = { ...example, revocationEndpoint: 'https://id.example/revoke' }
const client = { provider, clientId: 'app', clientSecret: secret, token: 'token-secret' }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  expect(vi.getTimerCount(), 'no timer is left running').toBe(0)
  vi.useRealTimers()
})

test('revoke posts the token with the client’s authentication', async () => {
  const endpoint = tokenEndpoint(new Response(null, { status: 200 }))
  await revoke({ ...client, tokenTypeHint: 'access_token', fetch: endpoint.fetch })
  const [request] = endpoint.requests
  expect(request?.url).toBe('https://id.example/revoke')
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa(`app:${secret}`)}`)
  expect(await request?.text()).toBe('token=token-secret&token_type_hint=access_token')
})

test('revoke sends no hint if none is given', async () => {
  const endpoint = tokenEndpoint(new Response(null, { status: 200 }))
  await revoke({ ...client, fetch: endpoint.fetch })
  expect(await endpoint.requests[0]?.text()).toBe('token=token-secret')
})

test.each([
  ['a 503', new Response(null, { status: 503, headers: { 'retry-after': '7' } }), 'TOKEN_UNAVAILABLE'],
  ['no answer', new TypeError('fetch failed'), 'TOKEN_UNAVAILABLE'],
  ['unsupported_token_type', refusal('unsupported_token_type'), 'TOKEN_REFUSED'],
  ['an HTML page', new Response('<html>', { status: 404 }), 'TOKEN_MALFORMED'],
  ['a redirect', new Response(null, { status: 302 }), 'TOKEN_MALFORMED'],
])('a revocation that gets %s rejects with an error that shows no token', async (_what, answer, code) => {
  const error = (await errorOf(revoke({ ...client, fetch: tokenEndpoint(answer).fetch }))) as OAuthError
  expect(error).toMatchObject({ name: 'OAuthError', code, provider: 'example' })
  expect(error.message).toContain('the revocationEndpoint')
  expect(error.message).not.toContain('token-secret')
})

test('a provider without a revocationEndpoint is a TypeError', async () => {
  const error = await errorOf(revoke({ ...client, provider: example }))
  expect(error).toBeInstanceOf(TypeError)
  expect(error).toHaveProperty('message', 'example: revocationEndpoint is missing or empty')
})

test('the client authentication of each request is given the URL that receives it, as the provider spells it', async () => {
  const endpoint = tokenEndpoint(grant('token-1'), new Response(null, { status: 200 }))
  const urls = { tokenEndpoint: 'https://ID.example', revocationEndpoint: 'https://id.example:443/revoke?a=b c' }
  const asked: string[] = []
  const clientAuth: ClientAuth = (request) => void asked.push(request.endpoint)
  const options = { ...client, provider: { ...example, ...urls, clientAuth }, fetch: endpoint.fetch }
  await requestToken({ ...options, parameters: { grant_type: 'client_credentials' } })
  await revoke(options)
  expect(asked).toEqual(Object.values(urls))
})
