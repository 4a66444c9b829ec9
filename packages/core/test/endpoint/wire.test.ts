import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { bearerFetch, clientSecretBasic, createTokenSource, type TokenSourceOptions } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { deferred, errorOf, secret } from '../support.ts'

/** Starts a server that remembers its requests. */
async function listen(listener: RequestListener) {
  const received: { method: string | undefined; authorization: string | undefined; body: string }[] = []
  const { url } = await serve(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const { method, headers } = request
    received.push({ method, authorization: headers.authorization, body: Buffer.concat(chunks).toString() })
    listener(request, response)
  })
  return { url, received }
}

const sourceAt = (url: string, options: TokenSourceOptions = {}) =>
  createTokenSource({
    provider: { name: 'wire', tokenEndpoint: `${url}/token`, apis: [url], clientAuth: clientSecretBasic },
    clientId: 'app',
    clientSecret: secret,
    ...options,
  })

test.each([301, 302, 303, 307, 308])(
  'over HTTP, credentials do not follow a redirect with status %i',
  async (status) => {
    const elsewhere = await listen((_request, response) => void response.end('{"access_token":"stolen"}'))
    const endpoint = await listen(
      (_request, response) => void response.writeHead(status, { location: elsewhere.url }).end(),
    )
    expect(await errorOf(sourceAt(endpoint.url).getToken())).toMatchObject({ code: 'TOKEN_MALFORMED', status })
    expect(elsewhere.received).toEqual([])
  },
)

test('over HTTP, an answer that is cut off is TOKEN_UNAVAILABLE', async () => {
  const endpoint = await listen((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"access_token":"half', () => response.destroy())
  })
  expect(await errorOf(sourceAt(endpoint.url).getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('over HTTP, a server that does not run is TOKEN_UNAVAILABLE', async () => {
  const { url, stop } = await serve(() => {})
  await stop()
  expect(await errorOf(sourceAt(url).getToken())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
})

test('over HTTP, a request without an answer ends after timeoutMs, and its connection is closed', async () => {
  const { promise: closed, resolve: onClose } = deferred<undefined>()
  const endpoint = await listen((request) => void request.socket.on('close', () => onClose(undefined)))
  // On a busy machine, the time can be over before a request is sent.
  while (endpoint.received.length === 0) {
    const error = await errorOf(sourceAt(endpoint.url, { timeoutMs: 100 }).getToken())
    expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  }
  await closed
})

test('over HTTP, no token request is sent before the time in Retry-After', async () => {
  const endpoint = await listen((_request, response) => void response.writeHead(429, { 'retry-after': '20' }).end())
  const source = sourceAt(endpoint.url)
  const errors = await Promise.all(Array.from({ length: 50 }, () => errorOf(source.getToken())))
  errors.push(await errorOf(source.getToken()))
  expect(new Set(errors).size).toBe(1)
  expect(endpoint.received).toHaveLength(1)
})

test('over HTTP, a token of 15,000 characters arrives whole', async () => {
  const token = 'x'.repeat(15_000)
  const server = await listen((_request, response) => void response.end(JSON.stringify({ access_token: token })))
  await bearerFetch(sourceAt(server.url))(`${server.url}/api`)
  expect(server.received.at(-1)).toMatchObject({ method: 'GET', authorization: `Bearer ${token}` })
})
