import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bundleWorker, type BundledWorker, type Worker } from '../worker/start-worker.ts'
import { startSite, times, type Echo, type Site } from './support.ts'

let bundled: BundledWorker
let site: Site
let worker: Worker

beforeAll(async () => {
  bundled = await bundleWorker()
})
afterAll(() => bundled.remove())

beforeEach(async () => {
  site = await startSite()
  worker = await bundled.start(`${site.url}/api.orange.com`)
})

afterEach(() => worker.close())

/** Makes the Worker call the API with one of its clients. */
async function call(client: string): Promise<Echo> {
  const response = await fetch(`${worker.url}/${client}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Echo
}

const callTimes = (count: number, client: string) => Promise.all(times(count, () => call(client)))

const passMs = (ms: number) => fetch(`${worker.url}/later?ms=${ms}`)

test.each([
  ['alone', 'has no store'],
  ['stored', 'has a store'],
])(
  'when the request that fetches the token is cancelled, another takes over within timeoutMs (%s: the source %s)',
  async (client) => {
    await site.control('holdTokenRequests')
    const hangUp = await worker.call(`/${client}`)
    await site.control('tokenRequested', 1)
    const others = callTimes(5, client)
    hangUp()
    await site.control('tokenRequested', 2)
    await site.control('release')
    expect(await others).toHaveLength(5)
    expect(await call(client)).toMatchObject({ authorization: 'Bearer' })
    expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 6 })
  },
)

test('when the request that looks up the credentials is cancelled, another takes over within timeoutMs', async () => {
  await site.control('holdApiCalls')
  const hangUp = await worker.call('/vault')
  await site.control('apiCalled', 1)
  const others = callTimes(5, 'vault')
  hangUp()
  await site.control('apiCalled', 2)
  await site.control('release')
  expect(await others).toHaveLength(5)
  expect(await call('vault')).toMatchObject({ authorization: 'Bearer' })
  expect(await site.control('counters')).toMatchObject({ tokenRequests: 1 })
})

test('with waitUntil, a renewal continues after the client that caused it has hung up', async () => {
  await site.control('holdTokenRequests')
  const hangUp = await worker.call('/awake')
  await site.control('tokenRequested', 1)
  const others = callTimes(5, 'awake')
  hangUp()
  // This gives the Worker time to notice the hang-up: it answers this request on the same thread.
  await passMs(0)
  await site.control('release')
  expect(await others).toHaveLength(5)
  expect(await site.control('counters')).toMatchObject({ tokenRequests: 1, apiCalls: 5 })
})

test('with waitUntil, the background renewal of an ageing token continues after its call has ended', async () => {
  await call('awake')
  await passMs(3_595_000)
  await site.control('holdTokenRequests')
  expect(await call('awake')).toMatchObject({ authorization: 'Bearer' })
  await site.control('tokenRequested', 2)
  // The old token has expired, so all of these calls need the new one.
  await passMs(6000)
  const others = callTimes(5, 'awake')
  await site.control('release')
  expect(await others).toHaveLength(5)
  expect(await site.control('counters')).toMatchObject({ tokenRequests: 2, apiCalls: 7 })
})
