import { Agent, request as nodeRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createEmulator, emulatedUrl } from '../src/index.ts'
import { serve } from '../src/server.ts'
import { bearer, getToken, REAL, requestToken, useServer } from './support.ts'

const server = useServer()

describe('a served emulator', () => {
  test('has each host under a path of its name', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    for (const host of server.emulator.hosts) {
      expect(await (await fetch(`${server.url}/${host}/echo`)).json()).not.toHaveProperty('hosts')
    }
    const token = await getToken(emulatedUrl(REAL, server.url))
    expect((await fetch(emulatedUrl(`${REAL}/echo`, server.url), bearer(token))).status).toBe(200)
  })

  test.each([
    '/',
    '/echo',
    '/example.com/echo',
    '/apixorange.com/echo',
    '/api.orange.com.example/echo',
    '/orange/echo',
  ])('lists the hosts at %s', async (path) => {
    const response = await fetch(server.url + path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: expect.stringContaining(path), hosts: server.emulator.hosts })
  })

  test('has an empty icon, so that browsers log no error', async () => {
    expect((await fetch(`${server.url}/favicon.ico`)).status).toBe(204)
  })

  test('does not replace the global Request and Response', () => {
    expect(new Request('http://localhost').constructor).toBe(Request)
    expect(Object.getPrototypeOf(Request)).toBe(Function.prototype)
    expect(Response.name).toBe('Response')
  })

  test('serves browsers: preflights are not counted, every header is exposed', async () => {
    const preflight = await fetch(`${server.url}/api.orange.com/echo`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'http://localhost:5173',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    expect(server.orange.counters.apiCalls).toBe(0)

    const rejected = await fetch(`${server.url}/api.orange.com/echo`)
    expect(rejected.headers.get('access-control-allow-origin')).toBe('*')
    expect(rejected.headers.get('access-control-expose-headers')).toBe('*')
  })

  test('sends the response of a script', async () => {
    const headers = { Location: 'https://example.com/' }
    server.orange.answerTokenRequests(1, { status: 302, headers })
    server.orange.answerTokenRequests(1, (request) => Response.json({ accept: request.headers.get('Accept') }))
    server.orange.answerTokenRequests(1, () => {
      throw new Error('broken script')
    })
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const init = { method: 'POST', headers: { Accept: 'application/json' }, body, redirect: 'manual' } as const
    const url = `${server.url}/api.orange.com/oauth/v3/token`
    expect((await fetch(url, init)).headers.get('location')).toBe('https://example.com/')
    expect(await (await fetch(url, init)).json()).toEqual({ accept: 'application/json' })
    const broken = await fetch(url, init)
    expect([broken.status, await broken.json()]).toEqual([500, { error: 'broken script' }])
  })

  test('aborts the signal of a script’s request when the client disconnects', async () => {
    const gone = new Promise((resolve) => {
      server.orange.answerTokenRequests(1, ({ signal }) => {
        signal.addEventListener('abort', resolve)
        return new Promise(() => {})
      })
    })
    const controller = new AbortController()
    const request = requestToken(`${server.url}/api.orange.com`, { signal: controller.signal })
    await server.orange.tokenRequested(1)
    controller.abort(new Error('cancelled'))
    await expect(request).rejects.toThrow('cancelled')
    await expect(gone).resolves.toBeDefined()
  })
})

test('the server does not close idle connections, on which a slow client may just send a request', async () => {
  await using running = await serve(createEmulator())
  const { headers } = await fetch(`${running.url}/api.orange.com/echo`)
  expect(headers.get('keep-alive')).toBeNull()
})

describe('close()', () => {
  test('closes open connections at once, idle and held ones', async () => {
    const emulator = createEmulator()
    const running = await serve(emulator)
    const agent = new Agent({ keepAlive: true })
    const call = () =>
      new Promise((resolve, reject) => {
        nodeRequest(`${running.url}/api.orange.com/echo`, { agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode))
        })
          .on('error', reject)
          .end()
      })
    expect(await call()).toBe(401)
    emulator.orange.holdApiCalls()
    const held = call().catch((error: Error) => error)
    await emulator.orange.apiCalled(2)
    await running.close()
    expect(await held).toBeInstanceOf(Error)
    await running.close()
    await expect(call()).rejects.toBeInstanceOf(Error)
    agent.destroy()
  })

  test('is called by await using', async () => {
    let url = ''
    {
      await using running = await serve(createEmulator())
      url = running.url
      expect((await fetch(`${url}/api.orange.com/echo`)).status).toBe(401)
    }
    await expect(fetch(`${url}/api.orange.com/echo`)).rejects.toThrow(TypeError)
  })
})

test('serve() rejects if it cannot listen', async () => {
  const port = Number(new URL(server.url).port)
  await expect(serve(createEmulator(), { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
