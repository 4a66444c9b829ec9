import { afterEach, expect, test, vi } from 'vitest'
import { bearerFetch, createTokenSource, type Provider } from '../../src/index.ts'
import { serve } from '../serve.ts'
import { deferred, provider, secret, tokenEndpoint } from '../support.ts'

afterEach(() => void vi.useRealTimers())

/** Starts an API that rejects the first token. It sends a blank of that answer every few milliseconds, without an end. */
async function startApi() {
  const calls: (string | undefined)[] = []
  const { promise: closed, resolve: onClose } = deferred<undefined>()
  const { url } = await serve(({ headers, socket }, response) => {
    calls.push(headers.authorization)
    if (headers.authorization !== 'Bearer token-1') {
      response.end('fine')
      return
    }
    response.writeHead(401).flushHeaders()
    const drip = setInterval(() => response.write(' '), 10)
    socket.on('close', () => {
      clearInterval(drip)
      onClose(undefined)
    })
  })
  const client = (isRejected: NonNullable<Provider['isRejected']>) => {
    const quirks = { ...provider, apis: [url], isRejected }
    const { fetch } = tokenEndpoint()
    return bearerFetch(createTokenSource({ provider: quirks, clientId: 'app', clientSecret: secret, fetch }))
  }
  return { url, client, calls, closed }
}

/** No timer of core ends, unless the test advances the clock. The server's clock is real. */
const stopClock = () => vi.useFakeTimers()

test('over HTTP, a predicate that reads only the headers does not wait for a slow body, and its connection is closed', async () => {
  const { url, client, calls, closed } = await startApi()
  stopClock()
  const response = await client(({ headers }) => !headers.has('x-reason'))(url)
  expect(await response.text()).toBe('fine')
  expect(calls).toEqual(['Bearer token-1', 'Bearer token-2'])
  await closed
})

test('over HTTP, a predicate that reads a slow body gets it empty after a second, and its connection is closed', async () => {
  const { url, client, calls, closed } = await startApi()
  stopClock()
  const { promise: reading, resolve: onReading } = deferred<undefined>()
  const answered = client(async (copy) => {
    const text = copy.text()
    // The body is read from the next microtask on.
    queueMicrotask(() => onReading(undefined))
    return (await text) === ''
  })(url)
  await reading
  await vi.advanceTimersByTimeAsync(999)
  expect(calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await (await answered).text()).toBe('fine')
  expect(calls).toEqual(['Bearer token-1', 'Bearer token-2'])
  await closed
})

test.each<[what: string, judge: NonNullable<Provider['isRejected']>]>([
  ['reads only the status', ({ status }) => status !== 401],
  ['reads the body', (copy) => copy.text().then(() => false)],
])(
  'over HTTP, the caller can cancel a slow response that is not about the token (isRejected %s)',
  async (_what, judge) => {
    const { url, client, closed } = await startApi()
    const response = await client(judge)(url)
    expect(response.status).toBe(401)
    await response.body?.cancel()
    await closed
  },
)
