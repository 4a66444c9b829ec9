import { appCertificate } from '@oauthkit/bouygues'
import { bearer, type TokenSourceOptions } from '@oauthkit/core'
import { exportPKCS8, generateKeyPair } from 'jose'
import ky from 'ky'
import { describe, expect, test } from 'vitest'
import { echoOf, flows, type Flow } from './flows.ts'
import { allFlows, testFlows } from './send-flows.ts'
import { shownBy } from './strings-within.ts'
import { errorOf, isSlow, startSite, times, type Echo } from './support.ts'

// One flow of each provider, where each test takes long. flows.long.test.ts has all.
const tested = isSlow
  ? (['Orange', 'Digitaleo, which answers 400 to a rejected token', "Bouygues Telecom's app certificate"] as const)
  : allFlows

testFlows(tested)

const { privateKey } = await generateKeyPair('RS256', { extractable: true })
const otherPem = await exportPKCS8(privateKey)

test.each<[string, Flow, TokenSourceOptions, readonly string[], number]>([
  ['Orange', flows.Orange, { clientSecret: 'wrong-secret' }, ['wrong-secret'], 401],
  [
    'Digitaleo',
    flows['Digitaleo, which answers 401 to a rejected token'],
    { clientSecret: 'wrong-secret' },
    ['wrong-secret'],
    400,
  ],
  [
    'Bouygues Telecom with a secret',
    flows["Bouygues Telecom's app credentials"],
    { clientSecret: 'wrong-secret' },
    ['wrong-secret'],
    401,
  ],
  [
    'Bouygues Telecom with a key',
    flows["Bouygues Telecom's app certificate"],
    { grant: appCertificate({ clientId: 'app', privateKey: otherPem }) },
    otherPem.split('\n').slice(1, -1),
    400,
  ],
])(
  '%s refuses a wrong credential: the error is TOKEN_REFUSED, and does not show the credential',
  async (_name, flow, own, secrets, status) => {
    const site = await startSite()
    const source = await flow.connect(site, own)
    const error = await errorOf(ky.extend(bearer(source)).get(echoOf(site, flow)))
    expect(error).toMatchObject({ name: 'OAuthError', code: 'TOKEN_REFUSED', error: 'invalid_client', status })
    for (const secret of secrets) expect(shownBy(error)).not.toContain(secret)
  },
)

describe('one client', () => {
  const providers: Flow[] = [flows.Orange, flows["Orange's Playground"], flows["Orange's inside portal"]]

  test.each([
    ['in this order', providers],
    ['in the other order', providers.toReversed()],
  ])('gives each API of Orange its own token, %s', async (_order, ordered) => {
    const site = await startSite()
    let api = ky.create({ retry: 0 })
    for (const { connect } of ordered) {
      // oxlint-disable-next-line no-await-in-loop -- the order matters
      api = api.extend(bearer(await connect(site)))
    }
    await Promise.all(ordered.flatMap((flow) => times(5, (number) => api.get(`${echoOf(site, flow)}?call=${number}`))))
    expect(await site.control('countersOf', 'orange')).toMatchObject({
      tokenRequests: 3,
      apiCalls: 15,
      apiRejections: 0,
    })
  })

  test('serves all providers, and sends each token only to its own APIs', async () => {
    const site = await startSite()
    const apart = [
      flows.Orange,
      flows["Orange's Playground"],
      flows['Digitaleo, which answers 400 to a rejected token'],
      flows["Bouygues Telecom's app credentials"],
      flows["Bouygues Telecom's app credentials in AP4"],
    ]
    const sources = await Promise.all(apart.map(({ connect }) => connect(site)))
    const api = sources.reduce((before, source) => before.extend(bearer(source)), ky.create({ retry: 0 }))
    await Promise.all(apart.map((flow) => api.get(echoOf(site, flow))))
    expect(await site.control('countersOf', 'orange')).toMatchObject({ tokenRequests: 2, apiRejections: 0 })
    expect(await site.control('countersOf', 'digitaleo')).toMatchObject({ tokenRequests: 1, apiRejections: 0 })
    expect(await site.control('countersOf', 'bouygues')).toMatchObject({ tokenRequests: 2, apiRejections: 0 })
  })
})

test('a token of 50,000 characters reaches the API. After a 401, it is renewed and the call is replayed', async () => {
  const site = await startSite()
  await site.control('setTokenLength', 50_000)
  const flow = flows['Digitaleo, which answers 400 to a rejected token']
  const source = await flow.connect(site)
  const api = ky.extend(bearer(source))
  await api.get(echoOf(site, flow))
  await site.control('revokeAt', 'digitaleo')
  expect(await api.post(echoOf(site, flow), { body: 'again' }).json<Echo>()).toMatchObject({ text: 'again' })
  expect((await source.getToken()).accessToken).toHaveLength(50_000)
  expect(await site.control('countersOf', 'digitaleo')).toMatchObject({ tokenRequests: 2 })
})

test('sources with the same credentials and store share a token, even if they are for different APIs', async () => {
  const site = await startSite()
  const store = new Map()
  const apis = [`${site.url}/api.orange.com/poi`, `${site.url}/api.orange.com/smsmessaging`]
  const sources = await Promise.all(apis.map((url) => flows.Orange.connect(site, { store, apis: [url] })))
  const tokens = await Promise.all(sources.map((source) => source.getToken()))
  expect(tokens[0]?.accessToken).toBe(tokens[1]?.accessToken)
  expect(await site.control('countersOf', 'orange')).toMatchObject({ tokenRequests: 1 })
})
