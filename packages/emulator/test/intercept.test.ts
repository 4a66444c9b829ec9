import { expect, onTestFinished, test } from 'vitest'
import { createEmulator } from '../src/index.ts'
import { serve } from '../src/server.ts'
import { bearer, getToken } from './support.ts'

const real = 'https://api.orange.com'

test('while an emulator intercepts fetch, token requests and calls reach it without any option', async () => {
  const emulator = createEmulator()
  onTestFinished(emulator.intercept())
  const token = await getToken(real)
  expect((await fetch(`${real}/echo`, bearer(token))).status).toBe(200)
  expect(emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1 })
})

test('no request reaches the network, and loopback still works', async () => {
  const server = await serve(createEmulator())
  onTestFinished(() => server.close())
  onTestFinished(createEmulator().intercept())
  for (const input of ['https://example.com', new URL('http://example.com/'), new Request('https://example.com')])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(fetch(input)).rejects.toThrow(new TypeError('fetch failed'))
  expect((await fetch(`${server.url}/api.orange.com/echo`)).status).toBe(401)
})

test('what is not a URL is left to the platform', async () => {
  onTestFinished(createEmulator().intercept())
  await expect(fetch('not a URL')).rejects.toThrow(TypeError)
})

test('the fetch of the platform comes back, also if it is put back twice', () => {
  const platform = globalThis.fetch
  const restore = createEmulator().intercept()
  expect(globalThis.fetch).not.toBe(platform)
  restore()
  restore()
  expect(globalThis.fetch).toBe(platform)
})

test('two emulators cannot intercept at the same time', () => {
  const restore = createEmulator().intercept()
  onTestFinished(restore)
  expect(() => createEmulator().intercept()).toThrow('another emulator intercepts fetch')
  restore()
  const next = createEmulator().intercept()
  onTestFinished(next)
  // It has no effect a second time.
  restore()
  expect(() => createEmulator().intercept()).toThrow('another emulator intercepts fetch')
})
