import { orangeAuth } from '@oauthkit/orange'
import ky, { TimeoutError } from 'ky'
import { describe, expect, test } from 'vitest'
import { errorOf, startSite, times, type Echo, type Site } from './support.ts'

describe('while a token is fetched', () => {
  test.each([
    ['the reason', new Error('changed my mind'), { message: 'changed my mind' }],
    ['an AbortError', undefined, { name: 'AbortError' }],
  ])('an abort rejects only the call that it belongs to, with %s', async (_what, reason, expected) => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await site.control('holdTokenRequests')
    const controller = new AbortController()
    const error = errorOf(api.get(site.echo, { signal: controller.signal }))
    const others = Promise.all(times(5, (number) => api.get(`${site.echo}?call=${number}`).json<Echo>()))
    await site.control('tokenRequested', 1)
    controller.abort(reason)
    expect(await error).toMatchObject(expected)
    await site.control('release')
    expect(await others).toHaveLength(5)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 5 })
  })

  test("ky's timeout ends the wait of one caller only", async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await site.control('holdTokenRequests')
    const others = Promise.all(times(5, (number) => api.get(`${site.echo}?call=${number}`).json<Echo>()))
    expect(await errorOf(api.get(site.echo, { timeout: 10 }))).toBeInstanceOf(TimeoutError)
    await site.control('release')
    expect(await others).toHaveLength(5)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 5 })
  })

  test('the caller who started the request can leave, and the next caller gets its token', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await site.control('holdTokenRequests')
    expect(await errorOf(api.get(site.echo, { timeout: 10 }))).toBeInstanceOf(TimeoutError)
    const next = api.get(site.echo).json<Echo>()
    await site.control('tokenRequested', 1)
    await site.control('release')
    expect(await next).toMatchObject({ authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 1 })
  })

  test.each([
    [
      'an abort',
      async (site: Site, controller: AbortController) => {
        await site.control('tokenRequested', 2)
        controller.abort(new Error('changed my mind'))
      },
      {},
      { message: 'changed my mind' },
    ],
    ['a timeout', async () => {}, { timeout: 100 }, { name: 'TimeoutError' }],
  ])('also after a 401, %s ends only the wait of its own caller', async (_what, end, options, expected) => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('revoke')
    await site.control('holdTokenRequests')
    const other = api.post(site.echo, { body: 'text' }).json<Echo>()
    const controller = new AbortController()
    const error = errorOf(api.post(site.echo, { body: 'text', signal: controller.signal, ...options }))
    await end(site, controller)
    expect(await error).toMatchObject(expected)
    await site.control('release')
    expect(await other).toMatchObject({ text: 'text' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2 })
  })
})

describe("ky's retry", () => {
  // The 503 uses the only retry. The replay needs none.
  const retry = { limit: 1, delay: () => 0 }

  test('after a 503 gets a 401: the call is replayed with a renewed token', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client)).extend({ retry })
    await api.get(site.echo)
    await site.control('revoke')
    await site.control('answerApiCalls', 1, { status: 503 })
    expect(await api.put(site.echo, { json: [1] }).json<Echo>()).toMatchObject({ text: '[1]', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 4, apiRejections: 1 })
  })

  test('after a replay that gets a 503 uses the renewed token', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client)).extend({ retry })
    await api.get(site.echo)
    await site.control('answerApiCalls', 1, { status: 401, body: { code: 41 } })
    await site.control('answerApiCalls', 1, { status: 503 })
    expect(await api.put(site.echo, { json: [1] }).json<Echo>()).toMatchObject({ text: '[1]', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 4, apiRejections: 1 })
  })
})
