import { bearer } from '@oauthkit/core'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { echoOf, flows } from './flows.ts'
import { startSite, times, type Echo } from './support.ts'

/** The names of all flows. */
export const allFlows = Object.keys(flows) as (keyof typeof flows)[]

/** Defines the tests of flows. */
export function testFlows(names: readonly (keyof typeof flows)[]): void {
  describe.each(names)('%s', (name) => {
    const flow = flows[name]

    test('makes one token request for 50 first calls at once', async () => {
      const site = await startSite()
      const api = ky.extend(bearer(await flow.connect(site)))
      await Promise.all(times(50, (number) => api.get(`${echoOf(site, flow)}?call=${number}`)))
      expect(await site.control('countersOf', flow.provider)).toMatchObject({
        tokenRequests: 1,
        apiCalls: 50,
        apiRejections: 0,
      })
    })

    test('renews a token that expired, and replays the call with its body', async () => {
      const site = await startSite()
      const api = ky.extend(bearer(await flow.connect(site)))
      const echo = echoOf(site, flow)
      // Short, because the server's clock moves ahead. The server refuses a signed assertion that looks too old.
      await site.control('setLifetime', 20_000)
      await api.get(echo)
      await site.control('pass', 20_000)
      expect(await api.post(echo, { json: { a: 1 } }).json<Echo>()).toMatchObject({ text: '{"a":1}' })
      expect(await site.control('countersOf', flow.provider)).toMatchObject({
        tokenRequests: 2,
        apiCalls: 3,
        apiRejections: 1,
      })
    })

    test('renews a token that was revoked, once for 20 calls at once', async () => {
      const site = await startSite()
      const api = ky.extend(bearer(await flow.connect(site)))
      const echo = echoOf(site, flow)
      await api.get(echo)
      await site.control('revokeAt', flow.provider)
      await Promise.all(times(20, (number) => api.get(`${echo}?call=${number}`)))
      expect(await site.control('countersOf', flow.provider)).toMatchObject({ tokenRequests: 2 })
    })

    test('sources with the same store share a token', async () => {
      const site = await startSite()
      const store = new Map()
      await Promise.all(times(5, async () => (await flow.connect(site, { store })).getToken()))
      expect(await site.control('countersOf', flow.provider)).toMatchObject({ tokenRequests: 1 })
      expect(store.size).toBe(1)
    })
  })
}
