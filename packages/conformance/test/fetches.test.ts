import { bearerFetch } from '@oauthkit/core'
import { orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky from 'ky'
import { describe, expect, test, vi } from 'vitest'
import { both, onlyRequest } from './clients.ts'
import { startSite, type Echo } from './support.ts'

const echoOf = async (response: Promise<Response>) => (await (await response).json()) as Echo

const sentOnceMore = { tokenRequests: 2, apiCalls: 3, apiRejections: 1 }

describe.each([
  ['reads only the request', onlyRequest],
  ['passes on both arguments', both],
])("a caller's own fetch that %s", (_what, fetch) => {
  test.each([
    ['in create', (own: typeof fetch, auth: object) => ky.create({ fetch: own }).extend(auth)],
    ['in an extend before', (own: typeof fetch, auth: object) => ky.extend({ fetch: own }).extend(auth)],
    ['in the same extend', (own: typeof fetch, auth: object) => ky.extend({ ...auth, fetch: own })],
    ['in a later extend', (own: typeof fetch, auth: object) => ky.extend(auth).extend({ fetch: own })],
  ])('is used for the call and its replay when given %s', async (_where, make) => {
    const site = await startSite()
    const own = vi.fn<typeof fetch>(fetch)
    const api = make(own, orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('revoke')
    expect(await echoOf(api.post(site.echo, { json: [1] }))).toMatchObject({ text: '[1]', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
    expect(own).toHaveBeenCalledTimes(3)
  })

  test('is used for the call and its replay when given for one call', async () => {
    const site = await startSite()
    const own = vi.fn<typeof fetch>(fetch)
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('revoke')
    const sent = echoOf(api.post(site.echo, { json: [1], fetch: own }))
    expect(await sent).toMatchObject({ text: '[1]', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
    expect(own).toHaveBeenCalledTimes(2)
  })

  test('does not get the token request, which has its own fetch option', async () => {
    const site = await startSite()
    const own = vi.fn<typeof fetch>(fetch)
    await ky.extend(orangeAuth(site.client)).get(site.echo, { fetch: own })
    expect(own).toHaveBeenCalledTimes(1)
    const tokenFetch = vi.fn<typeof fetch>(globalThis.fetch)
    await ky.extend(orangeAuth({ ...site.client, fetch: tokenFetch })).get(site.echo)
    expect(tokenFetch).toHaveBeenCalledTimes(1)
  })
})

describe('bearerFetch', () => {
  test.each([
    ['a string', (url: string) => url],
    ['a URL', (url: string) => new URL(url)],
    ['a Request', (url: string) => new Request(url)],
  ])('accepts %s', async (_what, inputOf) => {
    const site = await startSite()
    const authorized = bearerFetch(orangeTokens(site.client))
    const init = { method: 'PUT', body: 'text', headers: { 'content-type': 'text/x-note' } }
    const expected = { method: 'PUT', text: 'text', contentType: 'text/x-note', authorization: 'Bearer' }
    expect(await echoOf(authorized(inputOf(site.echo), init))).toMatchObject(expected)
    await site.control('revoke')
    expect(await echoOf(authorized(inputOf(site.echo), init))).toMatchObject(expected)
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })

  test.each([
    ['the platform', undefined],
    ['a fetch that reads only the request', onlyRequest],
    ['a fetch that passes on both arguments', both],
  ])('sends a Request with its body and headers through %s, and again after a 401', async (_what, fetch) => {
    const site = await startSite()
    const authorized = bearerFetch(orangeTokens(site.client), fetch)
    const make = () =>
      new Request(site.echo, { method: 'PUT', body: 'text', headers: { 'content-type': 'text/x-note' } })
    const expected = { method: 'PUT', text: 'text', contentType: 'text/x-note', authorization: 'Bearer' }
    expect(await echoOf(authorized(make()))).toMatchObject(expected)
    await site.control('revoke')
    expect(await echoOf(authorized(make()))).toMatchObject(expected)
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })

  test("works as ky's fetch option", async () => {
    const site = await startSite()
    const api = ky.create({ fetch: bearerFetch(orangeTokens(site.client)) })
    await api.get(site.echo)
    await site.control('revoke')
    expect(await echoOf(api.post(site.echo, { json: [1] }))).toMatchObject({ text: '[1]', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
  })
})

describe('two providers on one client', () => {
  test.each([
    ['one order', (first: object, second: object) => ky.extend(first).extend(second)],
    ['the other order', (first: object, second: object) => ky.extend(second).extend(first)],
  ])('each get only their own token, in %s', async (_order, make) => {
    const [site, other] = await Promise.all([startSite(), startSite()])
    const api = make(orangeAuth(site.client), orangeAuth(other.client))
    const post = ({ echo }: typeof site) => echoOf(api.post(echo, { body: 'text' }))
    expect(await post(site)).toMatchObject({ text: 'text', authorization: 'Bearer' })
    expect(await other.control('counters')).toMatchObject({ tokenRequests: 0, apiCalls: 0 })
    expect(await post(other)).toMatchObject({ text: 'text', authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 1, apiRejections: 0 })

    await site.control('revoke')
    expect(await Promise.all([post(site), post(other)])).toMatchObject([{ text: 'text' }, { text: 'text' }])
    expect(await site.control('counters')).toMatchObject(sentOnceMore)
    expect(await other.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 2, apiRejections: 0 })
  })
})
