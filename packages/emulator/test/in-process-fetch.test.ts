import { beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../src/index.ts'
import { bearer, getToken, REAL, requestToken } from './support.ts'

let emulator: Emulator
beforeEach(() => {
  emulator = createEmulator()
})

describe('fetch in process', () => {
  test('reaches Orange at its real address', async () => {
    const token = await getToken(REAL, { fetch: emulator.fetch })
    const response = await emulator.fetch(`${REAL}/poi/v1/shops?postalCode=35000`, bearer(token))
    expect(await response.json()).toHaveLength(3)
  })

  test.each([
    ['a string', () => emulator.fetch(`${REAL}/echo`)],
    ['a URL', () => emulator.fetch(new URL(`${REAL}/echo`))],
    ['a Request', () => emulator.fetch(new Request(`${REAL}/echo`))],
  ])('takes %s', async (_, act) => {
    expect((await act()).status).toBe(401)
  })

  test('takes a Request whose headers the second argument replaces', async () => {
    const token = await getToken(REAL, { fetch: emulator.fetch })
    const request = new Request(`${REAL}/echo`, { method: 'POST', body: 'hello' })
    const response = await emulator.fetch(request, bearer(token))
    expect(await response.json()).toMatchObject({ method: 'POST', text: 'hello' })
  })

  test.each(['https://example.com/', 'http://api.orange.com/echo', 'https://api.orange.com:8443/echo'])(
    'fails like the network for %s',
    async (url) => {
      await expect(emulator.fetch(url)).rejects.toThrow(new TypeError('fetch failed'))
      expect(emulator.orange.counters.apiCalls).toBe(0)
    },
  )

  test('rejects a text that is not a URL', async () => {
    await expect(emulator.fetch('not a url')).rejects.toThrow(TypeError)
  })

  test('answers OPTIONS without counting it', async () => {
    expect((await emulator.fetch(`${REAL}/echo`, { method: 'OPTIONS' })).status).toBe(204)
    expect((await emulator.fetch(`${REAL}/oauth/v3/token`, { method: 'OPTIONS' })).status).toBe(204)
    expect(emulator.orange.counters).toMatchObject({ tokenRequests: 0, apiCalls: 0 })
  })
})

describe('an aborted fetch', () => {
  const reason = new Error('cancelled')

  test('does not start', async () => {
    await expect(emulator.fetch(`${REAL}/echo`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(emulator.orange.counters.apiCalls).toBe(0)
  })

  test.each([
    ['held', () => emulator.orange.holdTokenRequests()],
    ['delayed', () => (emulator.orange.tokenDelayMs = 600_000)],
    ['never answered', () => emulator.orange.answerTokenRequests(1, () => new Promise(() => {}))],
  ])('rejects with the reason while it is %s, and gets no token', async (_, act) => {
    act()
    const controller = new AbortController()
    const request = requestToken(REAL, { fetch: emulator.fetch, signal: controller.signal })
    await emulator.orange.tokenRequested(1)
    controller.abort(reason)
    await expect(request).rejects.toBe(reason)
    emulator.orange.reset()
    expect(emulator.orange.counters.tokensIssued).toBe(0)
  })

  test('obeys the signal of a Request', async () => {
    emulator.orange.holdApiCalls()
    const controller = new AbortController()
    const call = emulator.fetch(new Request(`${REAL}/echo`, { signal: controller.signal }))
    await emulator.orange.apiCalled(1)
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
  })
})
