import { createHash } from 'node:crypto'
import { orange } from '@oauthkit/orange'
import { afterEach, expect, test, vi } from 'vitest'
import { startSite, type Site } from './support.ts'

afterEach(() => void vi.useRealTimers())

const credentials = { clientId: 'emulated-client', clientSecret: 'emulated-secret' }

/** The part of a page that is about one token. */
const cardOf = (text: string, id: string) => text.split(`<div id="${id}-live">`)[1]?.split('</section>')[0] ?? ''

const figure = (text: string, name: string) => new RegExp(`<dt>${name}</dt>\\s*<dd>(?:<code>)?([^<]*)`).exec(text)?.[1]

/**
 * Reads a stream of events.
 *
 * @yields each message.
 */
async function* eventsOf(site: Site, { signal, cookie }: { signal?: AbortSignal; cookie?: string } = {}) {
  const headers = { Connection: 'close', ...(cookie && { Cookie: cookie }) }
  const response = await fetch(`${site.url}/tokens/events`, { signal: signal ?? null, headers })
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield JSON.parse(text.slice('data: '.length, end)) as { tokens: { id: string; html: string }[]; news: string[] }
      text = text.slice(end + 2)
    }
  }
}

test('the page has the state of each token, also without a script', async () => {
  await using site = await startSite()
  const before = cardOf((await site.get('/tokens')).text, 'shops')
  expect([figure(before, 'Fingerprint'), figure(before, 'Time to live')]).toEqual(['no token', '–'])
  expect(before).toContain('Nothing has happened yet')

  vi.useFakeTimers({ toFake: ['Date'] })
  for (let call = 0; call < 4; call += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await site.get('/shops?postalCode=35000')
  }
  vi.setSystemTime(Date.now() + 65_000)
  const after = cardOf((await site.get('/tokens')).text, 'shops')
  const [token = ''] = [...site.secrets].filter((secret) => !secret.startsWith('emulated'))
  const hash = createHash('sha256').update(token).digest('hex')
  expect(figure(after, 'Fingerprint')).toBe(`${hash.slice(0, 4)} ${hash.slice(4, 8)}`)
  expect(figure(after, 'Age')).toMatch(/^1 min [56] s$/)
  expect(figure(after, 'Time to live')).toMatch(/^58 min 5\d s$/)
  expect([figure(after, 'Renewals'), figure(after, 'Replays'), figure(after, 'Calls saved')]).toEqual(['0', '0', '3'])
  expect(after).toContain('Requested, because there was none')
  expect(after).toMatch(/<svg\s+class="timeline"\s+role="img"\s+aria-label="The last two minutes: 3 calls/)
})

test('a token that is revoked at the emulator is replaced by the next call', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const { status, headers } = await visitor.post('/tokens/shops', { action: 'revoke' })
  expect([status, headers.get('location')]).toEqual([303, '/tokens'])
  const card = cardOf((await visitor.get('/tokens')).text, 'shops')
  expect([figure(card, 'Renewals'), figure(card, 'Replays')]).toEqual(['1', '1'])
  const order = [
    'was rejected (401) and sent again',
    'Renewed, because a call was rejected',
    'Revoked at the emulator',
    'Requested, because there was none',
  ]
  const places = order.map((text) => card.indexOf(text))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places[0]).toBeGreaterThan(0)
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 2, apiCalls: 2, apiRejections: 1 })
})

test('an expired token is renewed before the next call, which is not rejected', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.post('/tokens/campaigns', { action: 'expire' })
  const card = cardOf((await visitor.get('/tokens')).text, 'campaigns')
  expect([figure(card, 'Renewals'), figure(card, 'Replays')]).toEqual(['1', '0'])
  expect(card).toContain('Renewed, because it had expired')
  expect(site.emulator.digitaleo.counters).toMatchObject({ tokenRequests: 2, apiCalls: 1, apiRejections: 0 })
})

test.each(['shops', 'campaigns', 'contracts', 'user'])('the same is true for each token: %s', async (id) => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  for (const action of ['call', 'revoke', 'expire', 'call']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await visitor.post(`/tokens/${id}`, { action })).status).toBe(303)
  }
  const card = cardOf((await visitor.get('/tokens')).text, id)
  expect([figure(card, 'Renewals'), figure(card, 'Replays')]).toEqual(['2', '1'])
})

test('users see their own token, and others do not', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const { text } = await visitor.get('/tokens')
  expect(text).toContain('Your sign-in')
  expect(cardOf(text, 'user')).toContain('Received when you signed in')
  expect((await site.get('/tokens')).text).not.toContain('Your sign-in')
  expect((await site.visit().post('/tokens/user', { action: 'revoke' })).status).toBe(404)
  await visitor.post('/tokens/user', { action: 'revoke' })
  await visitor.post('/logout')
  expect((await visitor.get('/tokens')).text).not.toContain('Your sign-in')
  // A new sign-in begins with an empty history.
  await visitor.signIn()
  const card = cardOf((await visitor.get('/tokens')).text, 'user')
  expect(figure(card, 'Renewals')).toBe('0')
})

test.each([
  ['nothing', 'revoke'],
  ['shops', 'clear'],
  ['shops', 'constructor'],
])('there is no other action: %s, %s', async (id, action) => {
  await using site = await startSite()
  expect((await site.visit().post(`/tokens/${id}`, { action })).status).toBe(404)
})

test.each([
  ['if nothing is emulated', { revoke: undefined }],
  [
    'next to emulated ones',
    { clients: { shops: { mode: 'live', provider: orange, url: 'https://api.orange.com', credentials } } },
  ],
] as const)('live tokens have no actions: %s', async (_where, options) => {
  await using emulated = await startSite()
  await using site = await startSite(options)
  expect((await emulated.get('/tokens')).text).toContain('value="revoke"')
  expect((await site.get('/tokens')).text).not.toContain('value="revoke"')
  expect((await site.visit().post('/tokens/shops', { action: 'revoke' })).status).toBe(404)
})

test.each(['call', 'revoke', 'expire'])('if no token is available, %s says why', async (action) => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(3, { status: 503 })
  expect((await site.visit().post('/tokens/shops', { action })).status).toBe(503)
  const [one, other] = [site.visit(), site.visit()]
  await one.signIn()
  await other.signIn()
  await one.post('/logout')
  const { status, text } = await other.post('/tokens/user', { action })
  expect(status).toBe(401)
  expect(text).toContain('Please sign in again')
})

test('of a failed renewal, the page shows only the code', async () => {
  await using site = await startSite()
  site.emulator.orange.answerTokenRequests(1, {
    status: 400,
    body: { error: 'invalid_request', error_description: 'private' },
  })
  await site.get('/shops?postalCode=35000')
  const { text } = await site.get('/tokens')
  expect(text).toContain('No new token (TOKEN_REFUSED)')
  expect(text).not.toContain('private')
})

test('an open page shows live what happens, and no secret', async () => {
  await using site = await startSite()
  const ended = new AbortController()
  let all = ''
  let posted: Promise<unknown> | undefined
  const heals = async () => {
    for await (const message of eventsOf(site, { signal: ended.signal })) {
      all += JSON.stringify(message)
      posted ??= site.visit().post('/tokens/shops', { action: 'revoke' })
      if (message.news.some((news) => news.includes('sent again with a new token'))) return message
    }
    throw new Error('The stream ended')
  }
  const { tokens } = await heals()
  await posted
  ended.abort()
  expect(tokens.map(({ id }) => id)).toEqual(['shops-live', 'campaigns-live', 'contracts-live'])
  expect(figure(tokens[0]?.html ?? '', 'Replays')).toBe('1')
  for (const secret of site.secrets) expect(all).not.toContain(secret)
})

test('the end of the app ends the streams, and there are no new ones', async () => {
  const closing = new AbortController()
  await using site = await startSite({ closing: closing.signal })
  const messages = []
  for await (const message of eventsOf(site)) {
    messages.push(message)
    closing.abort()
  }
  expect(messages).toHaveLength(1)
  expect((await site.get('/tokens/events')).status).toBe(503)
})

test('a page that is open when its user signs out gets nothing more', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const seen: string[][] = []
  for await (const { tokens } of eventsOf(site, { cookie: visitor.cookie })) {
    seen.push(tokens.map(({ id }) => id))
    if (seen.length === 1) await visitor.post('/logout')
  }
  expect(seen[0]).toContain('user-live')
})

/** Streams that end when the test ends, also if it fails. */
function createStreams() {
  const controller = new AbortController()
  const close = () => controller.abort()
  // A response that nothing refers to is closed by the garbage collection.
  return { signal: controller.signal, responses: new Set<Response>(), close, [Symbol.dispose]: close }
}

/** Opens streams, and returns the status of each. */
async function openStreams(
  site: Site,
  count: number,
  { signal, responses }: ReturnType<typeof createStreams>,
  headers: Record<string, string> = {},
) {
  const open = () => fetch(`${site.url}/tokens/events`, { signal, headers })
  const opened = await Promise.all(Array.from({ length: count }, open))
  for (const response of opened) responses.add(response)
  return opened.map(({ status }) => status)
}

test('there are no more than a hundred streams, and one that its browser closes makes room', async () => {
  await using site = await startSite()
  using ended = createStreams()
  using closed = createStreams()
  const over = () => site.log.filter(({ path }) => path === '/tokens/events').length
  await openStreams(site, 99, ended)
  await openStreams(site, 1, closed)
  closed.close()
  await expect.poll(over).toBe(1)
  expect(await openStreams(site, 1, ended)).toEqual([200])
  await site.get('/health/live')
  expect(over()).toBe(1)
  expect(await openStreams(site, 1, ended)).toEqual([200])
  await expect.poll(over).toBe(2)
})

test('a user can have ten in one session, and does not keep others from the page', async () => {
  await using site = await startSite()
  using ended = createStreams()
  const [user, other] = [site.visit(), site.visit()]
  await user.signIn()
  await other.signIn()
  const statuses = await openStreams(site, 100, ended, { Cookie: user.cookie })
  expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  expect(await openStreams(site, 1, ended, { Cookie: other.cookie })).toEqual([200])
  expect(await openStreams(site, 1, ended)).toEqual([200])
})

test('a visitor with a hundred streams does not keep users from the page', async () => {
  await using site = await startSite()
  using ended = createStreams()
  expect(new Set(await openStreams(site, 100, ended))).toEqual(new Set([200]))
  const user = site.visit()
  await user.signIn()
  expect(await openStreams(site, 1, ended, { Cookie: user.cookie })).toEqual([200])
})

/** A site that gets the address of each visitor from a proxy. */
const startBehindProxy = () => startSite({ publicUrl: 'https://app.example' })
const from = (address: string) => ({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': address })

test.each([
  ['the same address', '192.0.2.1', '192.0.2.1'],
  ['another one', '192.0.2.1', '192.0.2.2'],
  ['an address of the same IPv6 network', '2001:db8::1', '2001:db8::2'],
])(
  'a visitor with a hundred streams does not keep visitors from the page, at %s: the oldest stream makes room',
  async (_which, address, other) => {
    await using site = await startBehindProxy()
    using ended = createStreams()
    const open = (headers: Record<string, string>) =>
      fetch(`${site.url}/tokens/events`, { signal: ended.signal, headers })
    const oldest = await open(from(address))
    let isEnded = false
    void oldest.text().then(
      () => (isEnded = true),
      () => {},
    )
    expect(new Set(await openStreams(site, 99, ended, from(address)))).toEqual(new Set([200]))
    const { status } = await open(from(other))
    expect(status).toBe(200)
    await expect.poll(() => isEnded).toBe(true)
  },
)

test('a hundred IPv6 addresses of one network count as one', async () => {
  await using site = await startBehindProxy()
  using ended = createStreams()
  let count = 0
  const open = async (address: string) => {
    const { body } = await fetch(`${site.url}/tokens/events`, { signal: ended.signal, headers: from(address) })
    const end = () => void (count += 1)
    void body?.pipeTo(new WritableStream()).then(end, () => {})
  }
  await Promise.all(Array.from({ length: 100 }, (_, number) => open(`2001:db8::${number.toString(16)}`)))
  const kept = await openStreams(site, 3, ended, from('192.0.2.1'))
  expect(kept).toEqual([200, 200, 200])
  // If each address counted alone, the third one would have ended the first one.
  await expect.poll(() => count).toBe(3)
})
