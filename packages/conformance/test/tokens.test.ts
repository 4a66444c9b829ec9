import { orangeAuth } from '@oauthkit/orange'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { startSite, times, type Echo } from './support.ts'

// The limit of the test decides: 200 calls take long on a busy machine.
const patient = ky.create({ timeout: false })

describe('a client', () => {
  test('requests a token when its first call needs one', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 0 })
    expect(await api.get(site.echo).json<Echo>()).toMatchObject({ method: 'GET', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })
  })

  test('uses a valid token again', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await api.post(site.echo, { json: [1] })
    await Promise.all(times(20, (number) => api.get(`${site.echo}?call=${number}`)))
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 22, apiRejections: 0 })
  })

  test('makes one token request for 200 first calls at once', async () => {
    const site = await startSite()
    const api = patient.extend(orangeAuth(site.client))
    await Promise.all(times(200, (number) => api.get(`${site.echo}?call=${number}`)))
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 200, apiRejections: 0 })
  })
})

describe('a token that the API rejects', () => {
  test.each([
    ['expired', 'expire'],
    ['was revoked', 'revoke'],
  ] as const)('because it %s is renewed, and the call is replayed once', async (_why, end) => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control(end)
    expect(await api.get(site.echo).json<Echo>()).toMatchObject({ authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 3, apiRejections: 1 })
    await api.get(site.echo)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 4, apiRejections: 1 })
  })

  test('is not renewed after a late rejection, if there is already a newer token', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('revoke')
    let deliver = () => {}
    const delivery = new Promise<void>((resolve) => {
      deliver = resolve
    })
    const late: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      await delivery
      return response
    }
    const rejectedLate = api.post(site.echo, { body: 'late', fetch: late }).json<Echo>()
    await site.control('apiCalled', 2)
    await api.get(site.echo)
    deliver()
    expect(await rejectedLate).toMatchObject({ text: 'late' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 5, apiRejections: 2 })
  })

  test('is renewed once for 200 running calls, and each call is replayed once', async () => {
    const site = await startSite()
    const api = patient.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('holdApiCalls')
    // Each call has its own URL, because a browser with a cache sends calls to the same URL one after the other.
    const calls = Promise.all(times(200, (number) => api.get(`${site.echo}?call=${number}`).json<Echo>()))
    // A browser sends only six calls at once to one address. The others already have their token then, and wait.
    await site.control('apiCalled', 1 + 6)
    await site.control('revoke')
    await site.control('release')
    expect(await calls).toHaveLength(200)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 401, apiRejections: 200 })
  })
})
