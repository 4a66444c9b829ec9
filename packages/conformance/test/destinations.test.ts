import { bearer, bearerFetch } from '@oauthkit/core'
import { orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { errorOf, startSite } from './support.ts'

describe('a call outside the allowed URLs', () => {
  test('carries no token to another origin', async () => {
    const [site, other] = await Promise.all([startSite(), startSite()])
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await api.get(`${other.url}/elsewhere/200`)
    await api.post(`${other.url}/elsewhere/200`, { json: [1] })
    const arrival = { path: '/elsewhere/200', authorization: null }
    expect(await other.control('arrivals')).toEqual([arrival, arrival])
  })

  test.each(['/elsewhere/200', '/elsewhere/200?/api.orange.com/', '/api.orange.com/../elsewhere/200'])(
    'carries no token to %s on the same host',
    async (path) => {
      const site = await startSite()
      const api = ky.extend(orangeAuth(site.client))
      await api.get(site.echo)
      await api.get(site.url + path)
      expect(await site.control('arrivals')).toEqual([{ path: '/elsewhere/200', authorization: null }])
    },
  )

  test('requests no token, and its 401 reaches the caller', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    expect(await errorOf(api.get(`${site.url}/elsewhere/401`))).toMatchObject({ response: { status: 401 } })
    expect(await site.control('arrivals')).toHaveLength(1)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 0 })
  })
})

describe("a caller's own Authorization header", () => {
  test.each([
    [
      'ky',
      async (source: ReturnType<typeof orangeTokens>, url: string, headers: HeadersInit) => {
        await ky.extend(bearer(source)).get(url, { headers, throwHttpErrors: false })
      },
    ],
    [
      'bearerFetch',
      async (source: ReturnType<typeof orangeTokens>, url: string, headers: HeadersInit) => {
        await bearerFetch(source)(url, { headers })
      },
    ],
    [
      'bearerFetch with a Request',
      async (source: ReturnType<typeof orangeTokens>, url: string, headers: HeadersInit) => {
        await bearerFetch(source)(new Request(url, { headers }))
      },
    ],
  ])('is sent unchanged by %s, and after a 401 the call is not replayed', async (_client, send) => {
    const site = await startSite()
    const source = orangeTokens({ ...site.client, apis: [site.url] })
    await send(source, `${site.url}/elsewhere/200`, { authorization: 'Basic b3duOm93bg==' })
    await send(source, `${site.url}/elsewhere/401`, { authorization: 'Basic b3duOm93bg==' })
    expect(await site.control('arrivals')).toEqual([
      { path: '/elsewhere/200', authorization: 'Basic b3duOm93bg==' },
      { path: '/elsewhere/401', authorization: 'Basic b3duOm93bg==' },
    ])
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 0 })
  })
})

describe('a redirect', () => {
  test('does not carry the token to another origin', async () => {
    const [site, other] = await Promise.all([startSite(), startSite()])
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('answerApiCalls', 1, { status: 302, headers: { location: `${other.url}/elsewhere/200` } })
    expect(await api.get(site.echo).json()).toEqual({ elsewhere: true })
    expect(await other.control('arrivals')).toEqual([{ path: '/elsewhere/200', authorization: null }])
  })

  test('to another origin that answers 401 causes neither a replay nor a token request', async () => {
    const [site, other] = await Promise.all([startSite(), startSite()])
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('answerApiCalls', 1, { status: 302, headers: { location: `${other.url}/elsewhere/401` } })
    expect(await errorOf(api.get(site.echo))).toMatchObject({ response: { status: 401 } })
    expect(await other.control('arrivals')).toEqual([{ path: '/elsewhere/401', authorization: null }])
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
    await api.get(site.echo)
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 3, apiRejections: 0 })
  })

  test('within the allowed URLs that ends with a 401 makes the client replay the call', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('answerApiCalls', 1, { status: 302, headers: { location: `${site.echo}?redirected` } })
    await site.control('revoke')
    expect(await api.get(site.echo).json()).toMatchObject({ authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 4, apiRejections: 1 })
  })
})
