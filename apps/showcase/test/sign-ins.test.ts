import { randomBytes } from 'node:crypto'
import { signIn } from '@oauthkit/emulator'
import { expect, test, vi } from 'vitest'
import { startRedis } from '../../../config/start-redis.ts'
import { memoryEndedIds } from '../src/stores/memory-ended-ids.ts'
import { memoryStores } from '../src/stores/memory-stores.ts'
import { redisStores } from '../src/stores/redis-stores.ts'
import { startSite, type Site } from './support.ts'

const secret = () => randomBytes(32).toString('base64url')

/** A site that keeps ten ended sign-ins, and ten ended sessions. */
const startSmallSite = () => startSite({ stores: { ...memoryStores([secret()]), ended: memoryEndedIds(10) } })

test("one visitor's sign-ins do not end those of another, however many they start, and finish", async () => {
  await using site = await startSmallSite()
  const [user, other] = [site.visit(), site.visit()]
  await user.signIn()
  const callback = await other.goToProvider()
  const attacker = site.visit()
  for (let visit = 0; visit < 50; visit += 1) {
    // oxlint-disable no-await-in-loop -- one after the other
    if (visit % 2 === 0) attacker.cookie = ''
    const { headers } = await attacker.get('/login')
    const state = new URL(headers.get('location') ?? '').searchParams.get('state')
    await attacker.get(`/callback?code=made-up&state=${state}`)
    // oxlint-enable no-await-in-loop
  }
  expect((await other.get(callback)).headers.get('location')).toBe(`${site.url}/profile`)
  expect((await user.get('/profile')).status).toBe(200)
})

test('to start a sign-in costs the server no entry in a store', async () => {
  const stores = memoryStores([secret()])
  const add = vi.spyOn(stores.ended, 'add')
  const set = vi.spyOn(stores.tokens, 'set')
  await using site = await startSite({ stores })
  await site.visit().goToProvider()
  expect([add.mock.calls, set.mock.calls]).toEqual([[], []])
})

test('a browser can have five open sign-ins: the oldest ones are removed', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callbacks: string[] = []
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (let number = 0; number < 7; number += 1) callbacks.push(await visitor.goToProvider())
  expect(visitor.cookie.split('; ')).toHaveLength(5)
  expect((await visitor.get(callbacks[1] ?? '')).text).toContain('<h1>Your sign-in has ended</h1>')
  expect((await visitor.get(callbacks[2] ?? '')).headers.get('location')).toBe(`${site.url}/profile`)
})

test('a callback works once, also if the browser sends the cookie again', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  const { cookie } = visitor
  await visitor.get(callback)
  visitor.cookie = cookie
  const { status, text } = await visitor.get(callback)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
})

test('a cookie shows nothing of the sign-in, and one that was made up or changed starts none', async () => {
  await using site = await startSite()
  const visitor = site.visit()
  const callback = await visitor.goToProvider()
  const [name = '', value = ''] = visitor.cookie.split('=')
  const shown = value.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
  expect(JSON.parse(shown[0] ?? '')).toEqual({ alg: 'dir', enc: 'A256GCM' })
  expect(shown.join()).not.toMatch(/nonce|codeVerifier|issuer/)

  const forged = Buffer.from(
    JSON.stringify({ value: { transaction: { state: name.slice('session-sign-in-'.length) } } }),
  ).toString('base64url')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`
  for (const made of [forged, unsigned, value.replace(/.{9}$/, 'AAAAAAAAA'), value.slice(0, -1)]) {
    const thief = site.visit()
    thief.cookie = `${name}=${made}`
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await thief.get(callback)).text).toContain('<h1>Your sign-in has ended</h1>')
  }
  expect(site.emulator.bouygues.counters.tokenRequests).toBe(0)
})

/** Loads one callback several times at the same moment, each time with the same cookies. */
async function loadAtOnce(sites: readonly Site[], callback: string, cookie: string) {
  const answers = sites.map(async (site) => {
    const visitor = site.visit()
    visitor.cookie = cookie
    return visitor.get(callback)
  })
  return (await Promise.all(answers)).toSorted((a, b) => a.status - b.status)
}

test.each([2, 10])(
  'of %d loads of a callback at the same moment, one signs in, and the others send nothing',
  async (count) => {
    await using site = await startSite()
    for (let round = 1; round <= 3; round += 1) {
      const visitor = site.visit()
      const callback = await visitor.goToProvider()
      const [first, ...others] = await loadAtOnce(
        Array.from({ length: count }, () => site),
        callback,
        visitor.cookie,
      )
      expect(first?.headers.get('location')).toBe(`${site.url}/profile`)
      expect(others.map(({ status }) => status)).toEqual(Array.from({ length: count - 1 }, () => 400))
      for (const { text } of others) expect(text).toContain('<h1>Your sign-in has ended</h1>')
      expect(site.emulator.bouygues.counters.tokenRequests).toBe(round)
    }
  },
)

test('the same is true if two processes over one Redis get one load each', async () => {
  const redis = await startRedis()
  const open = () => redisStores({ url: redis.url, keys: [secret()], onError: () => {} })
  try {
    const sessionSecrets = [secret()]
    await using site = await startSite({ stores: await open(), sessionSecrets })
    const visitor = site.visit()
    const { headers } = await visitor.get('/login')
    const location = headers.get('location') ?? ''
    await using other = await startSite({
      stores: await open(),
      sessionSecrets,
      emulatorUrl: new URL(location).origin,
      publicUrl: site.url,
    })
    const callback = (await signIn(location)).slice(site.url.length)
    const answers = await loadAtOnce([site, other], callback, visitor.cookie)
    expect(answers.map(({ status }) => status)).toEqual([303, 400])
    expect(site.emulator.bouygues.counters.tokenRequests).toBe(1)
  } finally {
    await redis.stop()
  }
})

test.each(['/callback/', '/Callback', '/CALLBACK/'])(
  'there is nothing at %s, and the sign-in still works afterwards',
  async (path) => {
    await using site = await startSite()
    const visitor = site.visit()
    const callback = await visitor.goToProvider()
    expect((await visitor.get(callback.replace('/callback', path))).status).toBe(404)
    expect((await visitor.get(callback)).headers.get('location')).toBe(`${site.url}/profile`)
  },
)

test.each([
  ['GET', '/login/'],
  ['GET', '/Login'],
  ['HEAD', '/callback/'],
  ['POST', '/logout/'],
  ['POST', '/Logout'],
  ['GET', '/signed-out/'],
])('other spellings of the paths are not found: %s %s', async (method, path) => {
  await using site = await startSite()
  expect((await site.get(path, { method, headers: { Origin: site.url } })).status).toBe(404)
})

/** Odd cookies, which no sign-in has: the name of the cookie, and the state in the URL. */
const oddNames = [
  ['a name that is no token', 'x(1)', 'state=x(1)'],
  ['one beyond ASCII', 'é', 'state=%C3%A9'],
  ['the same in UTF-8, as the server reads it', 'Ã©', 'state=%C3%83%C2%A9'],
  ['two states', 'a,b', 'state=a&state=b'],
  ['a blank', 'a b', 'state=a%20b'],
  ['an empty state', '', 'state='],
  ['brackets', 'a[b]', 'state=a[b]'],
  ['quotes', '"a"', 'state=%22a%22'],
] as const

test.each(oddNames)('an odd cookie leads nowhere: %s', async (_what, name, query) => {
  await using site = await startSite()
  const visitor = site.visit()
  visitor.cookie = `session-sign-in-${name}=any`
  const { status, text } = await visitor.get(`/callback?code=any&${query}`)
  expect(status).toBe(400)
  expect(text).toContain('<h1>Your sign-in has ended</h1>')
  expect(site.log.filter(({ level }) => level === 50)).toEqual([])
})

test.each(oddNames)('a user with odd cookies can still sign in: %s', async (_what, name) => {
  await using site = await startSite()
  const visitor = site.visit()
  visitor.cookie = Array.from({ length: 7 }, (_, number) => `session-sign-in-${name}${'!'.repeat(number)}=any`).join(
    '; ',
  )
  expect((await visitor.signIn()).headers.get('location')).toBe(`${site.url}/profile`)
})

test('a secret can be replaced while users sign in', async () => {
  const [old, next] = [secret(), secret()]
  await using before = await startSite({ sessionSecrets: [old] })
  const visitor = before.visit()
  const { headers } = await visitor.get('/login')
  const location = headers.get('location') ?? ''
  const callback = (await signIn(location)).slice(before.url.length)
  const options = { emulatorUrl: new URL(location).origin, publicUrl: before.url }
  await using without = await startSite({ ...options, sessionSecrets: [next] })
  await using after = await startSite({ ...options, sessionSecrets: [next, old] })
  const visit = async (site: Site) => {
    const same = site.visit()
    same.cookie = visitor.cookie
    return (await same.get(callback)).status
  }
  expect([await visit(without), await visit(after)]).toEqual([400, 303])
})
