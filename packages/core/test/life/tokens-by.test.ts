import { expect, test } from 'vitest'
import { createTokenSource, tokensBy } from '../../src/index.ts'
import { createLru } from '../../src/lru.ts'
import { stateOf } from '../../src/sharing/state-of.ts'
import { grant, provider, secret, sourceOver, tokenEndpoint } from '../support.ts'

const names = Array.from({ length: 10_001 }, (_, index) => `key-${index}`)

test('a key has one source, also for calls that come at the same time', async () => {
  const endpoint = tokenEndpoint()
  const made: string[] = []
  const tenants = tokensBy((tenant) => {
    made.push(tenant)
    return createTokenSource({ provider, clientId: tenant, clientSecret: secret, fetch: endpoint.fetch })
  })
  expect(made).toEqual([])
  const tokens = await Promise.all(['a', 'b', 'a', 'a', 'b'].map((tenant) => tenants(tenant).getToken()))
  expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['token-1', 'token-2', 'token-1', 'token-1', 'token-2'])
  expect(tenants('a')).toBe(tenants('a'))
  expect(made).toEqual(['a', 'b'])
})

const createMember = (name: string) => ({ name, isBusy: false })

test('beyond maxIdle the one that was longest unused is dropped, whenever it was made', () => {
  const tenants = tokensBy((api) => ({ apis: [api], getToken: async () => ({ accessToken: 't' }) }), {
    maxIdle: 2,
  })
  const [a, b] = [tenants('a'), tenants('b')]
  expect(tenants('a')).toBe(a)
  tenants('c')
  expect(tenants('a')).toBe(a)
  expect(tenants('b')).not.toBe(b)
})

test('10,000 are kept unless told otherwise', () => {
  const family = tokensBy((api) => ({ apis: [api], getToken: async () => ({ accessToken: 't' }) }))
  const [first, second] = names.map(family)
  expect(family(names[1] ?? '')).toBe(second)
  expect(family(names[0] ?? '')).not.toBe(first)
})

test('one that is busy is not dropped, and the next longest unused is instead', () => {
  const family = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [family('a'), family('b')]
  a.isBusy = true
  family('c')
  expect(family('a')).toBe(a)
  expect(family('b')).not.toBe(b)
})

test('while all are busy there are more of them, and the newest is not dropped either', () => {
  const family = createLru(createMember, 2, ({ isBusy }) => isBusy)
  const [a, b] = [family('a'), family('b')]
  a.isBusy = b.isBusy = true
  const c = family('c')
  expect(family('c')).toBe(c)
  expect(family('a')).toBe(a)
  expect(family('b')).toBe(b)
})

test('a store has one state for a key, and 10,000 of them: then the longest unused is forgotten', () => {
  const store = new Map()
  const [first, second] = names.slice(0, 10_000).map((name) => stateOf(store, name))
  expect(stateOf(store, 'key-0')).toBe(first)
  stateOf(store, 'one too many')
  expect(stateOf(store, 'key-0')).toBe(first)
  expect(stateOf(store, 'key-1')).not.toBe(second)
})

test('a state with a renewal in flight is not forgotten, until that is over time', () => {
  const store = new Map()
  const slot = stateOf(store, 'busy')
  const promise = new Promise<never>(() => {})
  slot.pending = { promise, deadline: Date.now() + 60_000 }
  for (const name of names) stateOf(store, name)
  expect(stateOf(store, 'busy')).toBe(slot)
  slot.pending = { promise, deadline: Date.now() - 1 }
  for (const name of names) stateOf(store, name)
  expect(stateOf(store, 'busy')).not.toBe(slot)
})

test('different stores have different slots', () => {
  expect(stateOf(new Map(), 'a')).not.toBe(stateOf(new Map(), 'a'))
})

test('100,000 tenants have a token each, and each is asked for once', { timeout: 60_000 }, async () => {
  let requests = 0
  const fetch = async () => {
    requests += 1
    return grant(`token-${requests}`)
  }
  const tenants = tokensBy((tenant) => sourceOver({ fetch }, { clientId: tenant }), { maxIdle: 100_000 })
  for (let tenant = 0; tenant < 100_000; tenant += 1) await tenants(`tenant-${tenant}`).getToken()
  expect(requests).toBe(100_000)
  const headers = new Set<string | undefined>()
  for (let tenant = 0; tenant < 100_000; tenant += 1) headers.add(tenants(`tenant-${tenant}`).peek())
  expect(headers.size).toBe(100_000)
  expect(headers).not.toContain(undefined)
  expect(requests).toBe(100_000)
})
