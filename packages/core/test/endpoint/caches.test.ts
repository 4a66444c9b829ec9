import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTokenSource, refreshToken, revoke, type ClientOptions } from '../../src/index.ts'
import { requestToken } from '../../src/plugin/index.ts'
import { grant, provider as example, secret } from '../support.ts'

const provider = { ...example, revocationEndpoint: 'https://id.example/revoke' }
const code = { grant_type: 'authorization_code', code: 'the-code' }

/** Sends a request twice, with the platform's `fetch` or with a custom one. Returns what each call of it was given. */
async function sentBy(send: (client: ClientOptions) => Promise<unknown>, isCustom: boolean) {
  const fetch = vi.fn<typeof globalThis.fetch>(async () => grant('token-1'))
  vi.stubGlobal('fetch', fetch)
  const client = { provider, clientId: 'app', clientSecret: secret, ...(isCustom && { fetch: fetch.bind(undefined) }) }
  await send(client)
  await send(client)
  return fetch.mock.calls.map(([, init]) => ({ init, id: new Headers(init?.headers).get('x-request-id') }))
}

beforeEach(() => {
  // Deno has a location if its option --location is set.
  vi.stubGlobal('location', undefined)
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each<[what: string, send: (client: ClientOptions) => Promise<unknown>]>([
  ['a token request', (client) => createTokenSource(client).getToken()],
  ['a refresh', (client) => createTokenSource({ ...client, grant: refreshToken('r') }).getToken()],
  ['a code that is redeemed', (client) => requestToken({ ...client, parameters: code })],
  ['a revocation', (client) => revoke({ ...client, token: 'token-1' })],
])('%s', (_what, send) => {
  test.each([
    ["the platform's fetch", false],
    ['a custom fetch', true],
  ])('is exempt from the cache of Next.js, and has a new id: %s', async (_fetch, isCustom) => {
    const sent = await sentBy(send, isCustom)
    expect(sent).toHaveLength(2)
    for (const { init, id } of sent) {
      expect(init).toHaveProperty('next', { internal: true })
      expect(init).not.toHaveProperty('cache')
      expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    }
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2)
  })

  test('has no such id on a web page, where the server would have to allow it', async () => {
    vi.stubGlobal('location', new URL('https://app.example/page'))
    const sent = await sentBy(send, false)
    expect(sent.map(({ id }) => id)).toEqual([null, null])
    expect(sent[0]?.init).toHaveProperty('next', { internal: true })
  })
})

test('each attempt to bridge a failure has a new id', async () => {
  const ids: (string | null)[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    ids.push(new Headers(init?.headers).get('x-request-id'))
    return ids.length === 1 ? new Response(null, { status: 503 }) : grant('token-1')
  }
  await createTokenSource({ provider, clientId: 'app', clientSecret: secret, fetch }).getToken()
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(2)
})

test('a client authentication can set an id of its own', async () => {
  let id: string | null = null
  const clientAuth: ClientOptions['clientAuth'] = ({ headers }) => headers.set('x-request-id', 'own')
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    id = new Headers(init?.headers).get('x-request-id')
    return grant('token-1')
  }
  await requestToken({ provider, clientId: 'app', clientAuth, fetch, parameters: code })
  expect(id).toBe('own')
})
