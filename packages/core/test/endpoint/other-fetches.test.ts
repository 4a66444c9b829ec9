import { Readable } from 'node:stream'
import nodeFetch, { Response as NodeFetchResponse } from 'node-fetch'
import { describe, expect, test } from 'vitest'
import { clientSecretBasic, createTokenSource, revoke, type TokenSourceOptions } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { deferred, errorOf, secret } from '../support.ts'

const providerAt = (url: string) => ({
  name: 'example',
  tokenEndpoint: `${url}/token`,
  revocationEndpoint: `${url}/revoke`,
  apis: [url],
  clientAuth: clientSecretBasic,
})

const sourceAt = (url: string, options: TokenSourceOptions) =>
  createTokenSource({ provider: providerAt(url), clientId: 'app', clientSecret: secret, ...options })

/** A `fetch` whose responses have only what every `fetch` has. It accepts only text as the URL. */
const plainFetch = (async (url: string, init?: RequestInit) => {
  if (typeof url !== 'string') throw new TypeError('no text')
  const response = await fetch(url, init)
  const { status, ok, headers } = response
  return { status, ok, headers, text: () => response.text() }
}) as typeof fetch

describe.each([
  ['node-fetch', nodeFetch as unknown as typeof fetch],
  ['a fetch whose responses have no body', plainFetch],
])('%s', (_what, fetch) => {
  test('requests a token and revokes it', async () => {
    const asked: string[] = []
    const { url } = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.end('{"access_token":"token-1","expires_in":60,"scope":"é"}')
    })
    const source = sourceAt(url, { fetch })
    expect(await source.getToken()).toMatchObject({ accessToken: 'token-1', scope: 'é' })
    await revoke({ provider: providerAt(url), clientId: 'app', clientSecret: secret, fetch, token: 'token-1' })
    const authorization = `Basic ${btoa(`app:${secret}`)}`
    expect(asked).toEqual([`POST /token ${authorization}`, `POST /revoke ${authorization}`])
  })

  test('reports a refusal with its details', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(401, { 'x-request-id': 'r-1' }).end('{"error":"invalid_client","error_description":"No."}')
    })
    const expected = { code: 'TOKEN_REFUSED', error: 'invalid_client', errorDescription: 'No.', requestId: 'r-1' }
    expect(await errorOf(sourceAt(url, { fetch }).getToken())).toMatchObject(expected)
  })

  test('does not follow a redirect', async () => {
    const { url } = await serve((_request, response) => void response.writeHead(307, { location: '/elsewhere' }).end())
    expect(await errorOf(sourceAt(url, { fetch }).getToken())).toMatchObject({ code: 'TOKEN_MALFORMED', status: 307 })
  })

  test('ends after timeoutMs, and its connection is closed', async () => {
    const { promise: closed, resolve: onClose } = deferred<undefined>()
    const received: string[] = []
    const { url } = await serve((request, response) => {
      received.push(request.url ?? '')
      request.socket.on('close', () => onClose(undefined))
      response.write('{')
    })
    // On a busy machine, the time can be over before a request is sent.
    while (received.length === 0) {
      const error = await errorOf(sourceAt(url, { fetch, timeoutMs: 200 }).getToken())
      expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
    }
    await closed
  })
})

test('of an endless body of node-fetch, about 1 MB is read', async () => {
  let sent = 0
  async function* chunks() {
    for (;;) {
      sent += 100_000
      yield Buffer.alloc(100_000, ' ')
    }
  }
  const fetch = async () => new NodeFetchResponse(Readable.from(chunks())) as unknown as Response
  const source = sourceAt('https://id.example', { fetch })
  expect(await errorOf(source.getToken())).toMatchObject({
    code: 'TOKEN_MALFORMED',
    message: expect.stringContaining('more than 1 MB'),
  })
  expect(sent).toBeLessThan(4_000_000)
})

test('a text of more than 1 MB is refused, if it can only be read as a whole', async () => {
  const text = async () => `{"access_token":"token-1"}${' '.repeat(1_048_576)}`
  const fetch = async () => ({ status: 200, ok: true, headers: new Headers(), text }) as Response
  expect(await errorOf(sourceAt('https://id.example', { fetch }).getToken())).toMatchObject({ code: 'TOKEN_MALFORMED' })
})
