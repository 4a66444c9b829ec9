import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { expect, onTestFinished, test } from 'vitest'
import { expressLogin } from '../src/express.ts'

type Handle = (request: Request) => Promise<Response | undefined>

/** Serves an Express app with a handler on loopback. */
async function startApp(handle: Handle, at = '/', prepare: (app: Express) => unknown = () => {}) {
  const app = express()
  prepare(app)
  const errors: unknown[] = []
  app.use(express.json())
  app.use(
    at,
    expressLogin({
      handle,
      origin: 'https://app.example',
      paths: { login: '/login', callback: '/auth/login', logout: '/logout' },
    }),
  )
  app.get('/page', (_request, response) => void response.send('the app'))
  const fail: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error)
    response.status(500).send('failed')
  }
  app.use(fail)
  const server = createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, errors }
}

test('the handler gets the method, the headers and the URL at the origin of the app', async () => {
  const seen: Request[] = []
  const { url } = await startApp(async (request) => {
    seen.push(request)
    return new Response(null, { status: 204 })
  })
  await fetch(`${url}/login?a=1&a=2`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', cookie: 'a=b; c=d' },
  })
  expect(seen.map(({ method, url: at, headers }) => [method, at, headers.get('cookie')])).toEqual([
    ['POST', 'https://app.example/login?a=1&a=2', 'a=b; c=d'],
  ])
})

test('the status, the headers, each cookie and the body of its response are sent', async () => {
  const headers = new Headers({ location: '/there', 'x-more': 'one' })
  headers.append('set-cookie', 'one=1')
  headers.append('set-cookie', 'two=2; Expires=Wed, 09 Jun 2027 10:18:14 GMT')
  const { url } = await startApp(async () => new Response('Grüße', { status: 303, headers }))
  const response = await fetch(`${url}/login`, { redirect: 'manual' })
  expect([response.status, response.headers.get('location'), response.headers.get('x-more')]).toEqual([
    303,
    '/there',
    'one',
  ])
  expect(response.headers.getSetCookie()).toEqual(['one=1', 'two=2; Expires=Wed, 09 Jun 2027 10:18:14 GMT'])
  expect(await response.text()).toBe('Grüße')
})

test('a request to another path, or that the handler leaves, reaches the app', async () => {
  const paths: string[] = []
  const { url } = await startApp(async (request) => {
    paths.push(new URL(request.url).pathname)
    return undefined
  })
  expect(await (await fetch(`${url}/page`)).text()).toBe('the app')
  expect((await fetch(`${url}/login`)).status).toBe(404)
  // The Request of the platform does not accept this method.
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('TRACE /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 404 /)
  expect(paths).toEqual(['/login'])
})

test('cookies that the app has set before stay, and other headers are replaced', async () => {
  const answer = new Response(null, { headers: { 'set-cookie': 'two=2', 'cache-control': 'no-store' } })
  const { url } = await startApp(
    async () => answer,
    '/',
    (app) =>
      app.use((_request, response, next) => {
        response.cookie('one', '1').set('Cache-Control', 'public')
        next()
      }),
  )
  const { headers } = await fetch(`${url}/login`)
  expect(headers.getSetCookie()).toEqual(['one=1; Path=/', 'two=2'])
  expect(headers.get('cache-control')).toBe('no-store')
})

test('below a router, the handler gets the whole path', async () => {
  const paths: string[] = []
  const { url } = await startApp(async (request) => {
    paths.push(new URL(request.url).pathname)
    return new Response()
  }, '/auth')
  await fetch(`${url}/auth/login`)
  expect(paths).toEqual(['/auth/login'])
})

test('an error of the handler is passed to the error handler of the app', async () => {
  const { url, errors } = await startApp(async () => {
    throw new TypeError('a setting is wrong')
  })
  expect((await fetch(`${url}/login`)).status).toBe(500)
  expect(errors).toEqual([new TypeError('a setting is wrong')])
})
