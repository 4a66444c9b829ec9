import { bearer, bearerFetch } from '@oauthkit/core'
import { orangeAuth, orangeTokens } from '@oauthkit/orange'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { errorOf, startSite } from './support.ts'

describe('a call beside the APIs', () => {
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

  test('asks for no token, and keeps its 401', async () => {
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
  ])('goes as it is with %s, and its 401 is not replayed', async (_client, send) => {
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

  test('to another origin ends with its 401, which is neither replayed nor costs a token request', async () => {
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

  test('within the APIs ends with a 401 that is about the token: the call is replayed', async () => {
    const site = await startSite()
    const api = ky.extend(orangeAuth(site.client))
    await api.get(site.echo)
    await site.control('answerApiCalls', 1, { status: 302, headers: { location: `${site.echo}?redirected` } })
    await site.control('revoke')
    expect(await api.get(site.echo).json()).toMatchObject({ authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 4, apiRejections: 1 })
  })
})
