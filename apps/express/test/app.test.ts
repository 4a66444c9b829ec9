import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createEmulator, signIn } from '@oauthkit/emulator'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'

const publicUrl = 'http://127.0.0.1:3000'

/** Starts the app over an emulator that has the place of the network. */
async function startApp(env: Record<string, string> = {}) {
  const emulator = createEmulator()
  emulator.bouygues.redirectUris.set('emulated-client', [`${publicUrl}/callback`])
  emulator.bouygues.postLogoutRedirectUris.set('emulated-client', [`${publicUrl}/`])
  onTestFinished(emulator.intercept())
  for (const provider of ['ORANGE', 'DIGITALEO', 'BOUYGUES']) {
    vi.stubEnv(`${provider}_CLIENT_ID`, 'emulated-client')
    vi.stubEnv(`${provider}_CLIENT_SECRET`, 'emulated-secret')
  }
  vi.stubEnv('SESSION_SECRET', 'a secret of 32 characters or more')
  vi.stubEnv('PUBLIC_URL', publicUrl)
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  // The clients are made when their module is loaded.
  vi.resetModules()
  const { createApp } = await import('../src/app.ts')

  const lines: string[] = []
  const server = createApp(pino({ level: 'info' }, { write: (line) => void lines.push(line) })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const jar = new Map<string, string>()
  const get = async (path: string, init: RequestInit = {}) => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) }
    const response = await fetch(origin + path, { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=', 2) ?? []
      if (value) jar.set(name, value)
      else jar.delete(name)
    }
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      headers: response.headers,
      text: await response.text(),
    }
  }
  const enter = async () => {
    const { headers } = await get('/login?returnTo=/usage')
    const callback = await signIn(headers.get('location') ?? '', { fetch: emulator.fetch })
    return get(callback.slice(publicUrl.length))
  }
  return { emulator, get, enter, jar, logText: () => lines.join('') }
}

test('shops come from Orange, and campaigns from Digitaleo, with one token each', async () => {
  const { emulator, get } = await startApp()
  const shops = await get('/shops?postalCode=35000')
  expect([shops.status, JSON.parse(shops.text)]).toMatchObject([200, [{ city: 'Rennes' }, {}, {}]])
  expect((await get('/shops?postalCode=13001')).status).toBe(200)
  expect(JSON.parse((await get('/campaigns')).text)).toHaveProperty('list')
  expect([emulator.orange.counters.tokenRequests, emulator.digitaleo.counters.tokenRequests]).toEqual([1, 1])
})

test('a user signs in, sees the mobile data, and signs out', async () => {
  const { get, enter, jar } = await startApp()
  expect((await get('/')).text).toContain('Hello stranger')
  const response = await enter()
  expect([response.status, response.headers.get('location')]).toEqual([303, `${publicUrl}/usage`])
  expect((await get('/')).text).toContain('Hello Camille Exemple')
  expect(JSON.parse((await get('/usage')).text)).toHaveProperty('includedMegabytes')
  const goodbye = await get('/logout', { method: 'POST', headers: { origin: publicUrl } })
  expect(new URL(goodbye.headers.get('location') ?? '').searchParams.get('post_logout_redirect_uri')).toBe(
    `${publicUrl}/`,
  )
  expect(jar.size).toBe(0)
})

test('the log has neither tokens nor codes nor cookies', async () => {
  const { get, enter, jar, logText } = await startApp()
  await enter()
  await get('/usage')
  expect(logText()).toContain('"path":"/callback"')
  for (const secret of ['code=', 'state=', 'Bearer', 'cookie', ...jar.values()]) expect(logText()).not.toContain(secret)
})

test.each([
  ['/shops', 400, 'Give a postal code of five digits'],
  ['/shops?postalCode=35000&postalCode=1', 400, 'Give a postal code of five digits'],
  ['/usage', 401, 'Please sign in'],
  ['/nothing', 404, 'There is nothing at this address'],
])('%s is answered with %i, as problem details', async (path, status, title) => {
  const { get } = await startApp()
  const response = await get(path)
  expect([response.status, response.type]).toEqual([status, 'application/problem+json; charset=utf-8'])
  expect(JSON.parse(response.text)).toEqual({ status, title: expect.stringContaining(title) as string })
})

test.each([
  ['the API is down', 503, { status: 503 }],
  ['the API limits calls', 503, { status: 429 }],
  ['the API refuses the call', 502, { status: 403 }],
])('if %s, the answer is %i, and the reason is only in the log', async (_what, status, answer) => {
  const { emulator, get, logText } = await startApp()
  emulator.orange.answerApiCalls(5, answer)
  const response = await get('/shops?postalCode=35000')
  expect([response.status, response.text.includes('api.orange.com')]).toEqual([status, false])
  expect(logText()).toContain(`status code ${answer.status}`)
})

test('if the provider refuses the credentials, the answer is 502, and the log does not show them', async () => {
  const { get, logText } = await startApp({ ORANGE_CLIENT_SECRET: 'a-wrong-secret' })
  expect((await get('/shops?postalCode=35000')).status).toBe(502)
  expect(logText()).toContain('check clientId and its credential')
  expect(logText()).not.toContain('a-wrong-secret')
})
