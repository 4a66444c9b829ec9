import { expect, test } from 'vitest'
import { startSite } from './support.ts'

test.each(['/shops?postalCode=35000', '/style.css', '/nowhere', '/tokens', '/login', '/health/live', '/callback'])(
  'every response tells the browser to be strict: %s',
  async (path) => {
    await using site = await startSite()
    const { headers, text } = await site.get(path, { redirect: 'manual' })
    expect(headers.get('content-security-policy')?.split(';').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    // The URLs of a sign-in go to no other page.
    expect(headers.get('referrer-policy')).toBe(/^\/(login|callback)$/.test(path) ? 'no-referrer' : 'same-origin')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?! type="module" src="\/)/)
  },
)

test.each(['/', '/tokens', '/profile', '/login', '/nowhere', '/health/ready'])('no cache keeps %s', async (path) => {
  await using site = await startSite()
  expect((await site.get(path, { redirect: 'manual' })).headers.get('cache-control')).toBe('no-store')
})

test.each([
  ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
  ['another site, by an older browser', { Origin: 'https://evil.example' }],
  ['an unknown site', {}],
])('a form that %s sends does nothing', async (_who, headers: Record<string, string>) => {
  await using site = await startSite()
  const visitor = site.visit()
  await visitor.signIn()
  const { status, text } = await visitor.post('/logout', {}, headers)
  expect(status).toBe(403)
  expect(text).toContain('sent by another site')
  expect((await visitor.post('/tokens/shops', { action: 'revoke' }, headers)).status).toBe(403)
  expect((await visitor.get('/profile')).status).toBe(200)
})

test('the first page says which providers are configured, and how', async () => {
  await using site = await startSite()
  const { text } = await site.get('/')
  expect(text.match(/class="tag emulated"/g)).toHaveLength(4)
  expect(text).toContain('emulated-password')
  expect(text).toContain('in memory, encrypted')
})

test('a page that is not configured says what to set, and has no link', async () => {
  await using site = await startSite({ clients: {}, hasTokensPage: false })
  const { text } = await site.get('/')
  expect(text.match(/not configured/g)).toHaveLength(4)
  expect(text).toMatch(/<code>ORANGE_CLIENT_ID<\/code>\s*and\s*<code>ORANGE_CLIENT_SECRET<\/code>/)
  expect(text).not.toContain('emulated')
  for (const path of ['/shops', '/campaigns', '/contracts', '/login', '/callback', '/profile', '/tokens']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await site.get(path)).status).toBe(404)
  }
})

test('the health needs no session, and is not logged', async () => {
  await using site = await startSite()
  expect(await site.get('/health/live')).toMatchObject({ status: 200, text: '{"status":"ok"}' })
  expect(await site.get('/health/ready')).toMatchObject({ status: 200, text: '{"status":"ok","store":"memory"}' })
  expect(site.log).toEqual([])
})

test('an app that has to end is not ready, but alive', async () => {
  await using site = await startSite({ closing: AbortSignal.abort() })
  expect((await site.get('/health/ready')).status).toBe(503)
  expect((await site.get('/health/live')).status).toBe(200)
})

test('the files have the right content types', async () => {
  await using site = await startSite()
  const types = await Promise.all(
    ['/style.css', '/icon.svg', '/tokens.js'].map(async (path) => (await site.get(path)).headers.get('content-type')),
  )
  expect(types).toEqual(['text/css; charset=utf-8', 'image/svg+xml', 'text/javascript; charset=utf-8'])
})

test('a long walk through the site leaves no token, code, secret or cookie in the log, on a page or in a header', async () => {
  await using site = await startSite()
  site.emulator.digitaleo.tokenLength = 50_000
  const visitor = site.visit()
  const answers = [await visitor.get(await visitor.goToProvider().then((path) => path.replace('state=', 'state=x')))]
  await visitor.signIn()
  for (const provider of ['orange', 'digitaleo', 'bouygues'] as const) site.emulator[provider].revoke('none')
  for (const path of ['/', '/profile', '/shops?postalCode=35000', '/campaigns', '/contracts', '/tokens', '/nowhere']) {
    // oxlint-disable-next-line no-await-in-loop -- a visitor does one after the other
    answers.push(await visitor.get(path))
  }
  for (const id of ['shops', 'campaigns', 'contracts', 'user']) {
    for (const action of ['call', 'revoke', 'expire']) {
      // oxlint-disable-next-line no-await-in-loop -- a visitor does one after the other
      answers.push(await visitor.post(`/tokens/${id}`, { action }))
    }
  }
  answers.push(await visitor.get('/tokens'))
  answers.push(await visitor.post('/logout'))
  site.emulator.orange.answerTokenRequests(1, { status: 401, body: { error: 'invalid_client' } })
  answers.push(await visitor.post('/tokens/shops', { action: 'expire' }))

  expect(site.secrets.size).toBeGreaterThan(15)
  expect(site.log.length).toBeGreaterThan(20)
  const shown = answers.map(({ text, headers }) => {
    const cookieless = [...headers].filter(([name]) => name !== 'set-cookie')
    return text + JSON.stringify(cookieless)
  })
  for (const secret of site.secrets) {
    expect(site.logText()).not.toContain(secret)
    expect(shown.join('')).not.toContain(secret)
  }
})

test('each request is a line of the log, without its query', async () => {
  await using site = await startSite()
  await site.get('/shops?postalCode=13001')
  expect(site.log).toContainEqual(
    expect.objectContaining({ msg: 'answered', method: 'GET', path: '/shops', status: 200, reqId: expect.any(String) }),
  )
  expect(site.log).toContainEqual(expect.objectContaining({ msg: 'token', token: 'shops', event: 'renewed' }))
  expect(site.logText()).not.toMatch(/postalCode|[?&=]13001/)
})
