import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { clientSecretBasic, revoke, type Provider } from '../../src/index.ts'
import { requestToken } from '../../src/plugin/index.ts'
import { errorOf, grant, secret } from '../support.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()

afterEach(async () => {
  vi.unstubAllGlobals()
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/**
 * Starts a token endpoint that answers the first request of each connection and keeps the connection. It closes the
 * connection when the next request has arrived, without an answer.
 */
async function serve() {
  const arrived: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}))
    let text = ''
    let isFirst = true
    socket.on('data', (data) => {
      text += data.toString()
      const [, length, body = ''] = /content-length: (\d+)[^]*?\r\n\r\n([^]*)/i.exec(text) ?? []
      if (body.length !== Number(length)) return
      text = ''
      arrived.push(new URLSearchParams(body).get('code') ?? '')
      const answer = '{"access_token":"token"}'
      if (isFirst) socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`)
      else socket.end()
      isFirst = false
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived }
}

const clientOf = (url: string, fetch?: typeof globalThis.fetch) => {
  const provider: Provider = {
    name: 'once',
    tokenEndpoint: `${url}/token`,
    revocationEndpoint: `${url}/revoke`,
    apis: [url],
    clientAuth: clientSecretBasic,
  }
  return { provider, clientId: 'app', clientSecret: secret, fetch }
}

const redeem = (url: string, code: string, fetch?: typeof globalThis.fetch) =>
  requestToken({ ...clientOf(url, fetch), parameters: { grant_type: 'authorization_code', code } })

test('a code arrives once, even if the server closes a connection that was used before, without an answer', async () => {
  const { url, arrived } = await serve()
  const codes = ['code-1', 'code-2', 'code-3', 'code-4']
  for (const code of codes) await redeem(url, code).catch(() => {})
  expect(arrived).toEqual(codes)
})

/** Replaces the part of Deno that makes HTTP clients. Each client is what `fetch` got, and how often it was closed. */
function stubDeno() {
  const clients: { options: unknown; closed: number; close(): void }[] = []
  const createHttpClient = (options: unknown) => {
    const client = { options, closed: 0, close: () => (client.closed += 1) }
    clients.push(client)
    return client
  }
  vi.stubGlobal('Deno', { ...(globalThis as { Deno?: object }).Deno, createHttpClient })
  return clients
}

/** Replaces the platform's `fetch`. */
function stubFetch(answer: () => Promise<Response>) {
  const fetch = vi.fn<typeof globalThis.fetch>(answer)
  vi.stubGlobal('fetch', fetch)
  return fetch
}

test.each<[outcome: string, answer: () => Promise<Response>]>([
  ['a token', async () => grant('token')],
  ['a refusal', async () => Response.json({ error: 'invalid_client' }, { status: 401 })],
  ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  [
    'half an answer',
    async () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('cut')) })),
  ],
])(
  'on Deno, each request has a client of its own without a pool, which is closed after %s',
  async (_outcome, answer) => {
    const clients = stubDeno()
    const fetch = stubFetch(answer)
    await redeem('https://id.example', 'code-1').catch(() => {})
    await revoke({ ...clientOf('https://id.example'), token: 'token' }).catch(() => {})
    const closed = { options: { poolMaxIdlePerHost: 0 }, closed: 1 }
    expect(clients).toMatchObject([closed, closed])
    expect(fetch.mock.calls.map(([, init]) => (init as { client?: unknown }).client)).toEqual(clients)
  },
)

test('on Deno, the client is closed after a timeout', async () => {
  vi.useFakeTimers()
  const clients = stubDeno()
  const fetch = vi.fn<typeof globalThis.fetch>((_input, init) => {
    const aborted = new Promise<never>((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new DOMException('x', 'AbortError')))
    })
    return aborted
  })
  vi.stubGlobal('fetch', fetch)
  const failure = errorOf(redeem('https://id.example', 'code-1'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await failure).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(clients).toMatchObject([{ closed: 1 }])
  vi.useRealTimers()
})

test('a custom fetch on Deno is responsible for its own connections', async () => {
  const clients = stubDeno()
  const fetch = vi.fn<typeof globalThis.fetch>(async () => grant('token'))
  await redeem('https://id.example', 'code-1', fetch)
  expect(clients).toEqual([])
  expect(fetch.mock.calls[0]?.[1]).toHaveProperty('client', undefined)
})

test.each([undefined, {}])(
  'without the API for HTTP clients, the request is sent as it is (Deno is %j)',
  async (Deno) => {
    vi.stubGlobal('Deno', Deno)
    stubFetch(async () => grant('token'))
    expect(await redeem('https://id.example', 'code-1')).toMatchObject({ accessToken: 'token' })
  },
)
