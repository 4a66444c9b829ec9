import { request } from 'node:http'
import { urlToHttpOptions } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createEmulator } from '../src/index.ts'
import { serve } from '../src/server.ts'
import { requestToken, useServer } from './support.ts'

const server = useServer()
const json = { 'content-type': 'application/json' }

/** Sends a request with exactly these headers. `fetch` would not send a `Host` or an `Origin`. */
const send = (
  url: string | { port: string; path: string },
  headers: Record<string, string>,
  body = '{"ms":1000}',
  method = 'POST',
) =>
  new Promise<{ status: number; headers: object; body: unknown }>((resolve, reject) => {
    const target = typeof url === 'string' ? urlToHttpOptions(new URL(url)) : { hostname: '127.0.0.1', ...url }
    request({ ...target, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text && JSON.parse(text) }),
      )
    })
      .on('error', reject)
      .end(body)
  })

/** Serves an emulator that listens as `hostname`. Returns the URL of a command on loopback, and its port. */
async function served(hostname: string) {
  const own = await serve(createEmulator(), { hostname })
  onTestFinished(own.close)
  const { port } = new URL(own.url)
  return { port, lifetime: `http://127.0.0.1:${port}/control/orange/lifetime` }
}

const lifetime = () => `${server.url}/control/orange/lifetime`
const port = () => new URL(server.url).port

describe('the control API', () => {
  test.each(['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'answers 415 to a body of the type "%s", which a page can send to any site',
    async (type) => {
      const { status, body } = await send(lifetime(), type ? { 'content-type': type } : {})
      expect([status, body]).toEqual([415, { error: expect.stringContaining('application/json') }])
      expect(server.orange.lifetimeMs).toBe(3_600_000)
    },
  )

  test.each(['text/plain, application/json', 'application/jsonp', 'text/json'])(
    'answers 415 to the type "%s", which is not quite JSON',
    async (type) => {
      expect(await send(lifetime(), { 'content-type': type })).toMatchObject({ status: 415 })
    },
  )

  test.each(['application/json', 'APPLICATION/JSON; charset=utf-8'])('accepts %s', async (type) => {
    expect(await send(lifetime(), { 'content-type': type }, '{"ms":3600000}')).toMatchObject({ status: 200 })
  })

  test('accepts a command without a body and without a type', async () => {
    expect(await send(`${server.url}/control/orange/reset`, {}, '')).toMatchObject({ status: 200 })
  })

  test.each([
    'https://app.example',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
    'https://127.0.0.1:PORT',
    'null',
  ])('answers 403 to a page of the origin %s, also to its preflight, and allows it no CORS', async (template) => {
    const origin = template.replace('PORT', port())
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const path = method === 'GET' ? lifetime().replace('lifetime', 'counters') : lifetime()
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await send(path, { ...json, origin }, method === 'POST' ? '{"ms":1000}' : '', method)
      expect(answer).toMatchObject({ status: 403, body: { error: expect.stringContaining('origins') } })
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    }
    expect(server.orange.lifetimeMs).toBe(3_600_000)
  })

  test('accepts a page of its own origin', async () => {
    expect(await send(lifetime(), { ...json, origin: server.url }, '{"ms":3600000}')).toMatchObject({ status: 200 })
  })

  test.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    'localhost.evil.example',
    'notlocalhost:PORT',
    '10.0.0.1:PORT',
    '[::2]:PORT',
  ])('answers 403 to the host %s, whose name can be made to resolve to this machine', async (template) => {
    const host = template.replace('PORT', port())
    const rebound = { ...json, host, origin: `http://${host}` }
    expect(await send(lifetime(), rebound)).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('Host') },
    })
    expect(await send(lifetime(), { ...json, host })).toMatchObject({ status: 403 })
    expect(await send(lifetime().replace('lifetime', 'counters'), { host }, '', 'GET')).toMatchObject({ status: 403 })
    expect(server.orange.lifetimeMs).toBe(3_600_000)
  })

  test.each([
    ['127.0.0.1', 'http://evil.example/control/orange/lifetime'],
    ['evil.example', 'http://127.0.0.1/control/orange/lifetime'],
  ])('answers 403 if the host is %s in the header, and the request line has %s', async (host, target) => {
    expect(await send({ port: port(), path: target }, { ...json, host })).toMatchObject({ status: 403 })
    expect(server.orange.lifetimeMs).toBe(3_600_000)
  })

  test.each(['localhost', 'LOCALHOST:PORT', 'oauth.localhost:PORT', '127.0.0.1:PORT', '127.8.9.1', '[::1]:PORT'])(
    'accepts the loopback host %s',
    async (host) => {
      const headers = { ...json, host: host.replace('PORT', port()) }
      expect(await send(lifetime(), headers, '{"ms":3600000}')).toMatchObject({ status: 200 })
    },
  )

  test('accepts a request that no server has received, if its URL is on loopback', async () => {
    const { app } = createEmulator()
    expect((await app.request('/control/orange/counters')).status).toBe(200)
    expect((await app.request('https://emulator.example/control/orange/counters')).status).toBe(403)
  })

  test('accepts the name that the server was told to listen as', async () => {
    const emulator = createEmulator()
    const { app } = emulator
    const answer = async (hostname: string) =>
      (await app.request('http://emulator:4010/control/orange/counters', {}, { hostname })).status
    expect([await answer('emulator'), await answer('Emulator'), await answer('other')]).toEqual([200, 200, 403])
    const { lifetime: command } = await served('localhost')
    expect(await send(command.replace('127.0.0.1', 'localhost'), json)).toMatchObject({ status: 200 })
  })

  test('accepts all addresses, but no names, if the server listens at all addresses', async () => {
    const { lifetime: command, port: own } = await served('0.0.0.0')
    for (const host of [`192.168.1.5:${own}`, `[fd00::5]:${own}`, `localhost:${own}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await send(command, { ...json, host })).toMatchObject({ status: 200 })
    }
    expect(await send(command, { ...json, host: `evil.example:${own}` })).toMatchObject({ status: 403 })
  })
})

test('the emulated hosts answer pages of every origin, at every host name', async () => {
  const response = await requestToken(`${server.url}/api.orange.com`, { headers: { Origin: 'https://app.example' } })
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  const echo = `${server.url}/api.orange.com/echo`
  expect(await send(echo, { host: 'emulator:4010', 'content-type': 'text/plain' }, 'x')).toMatchObject({ status: 401 })
})
