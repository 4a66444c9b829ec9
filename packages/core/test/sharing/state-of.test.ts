import { useFakeTime } from '../fake-time.ts'
import { expect, test } from 'vitest'
import { stateOf } from '../../src/sharing/state-of.ts'
import { accessTokenOf, createDatabase } from '../database.ts'
import { errorOf, grant, refusal, sourceOver, tokenEndpoint } from '../support.ts'

useFakeTime()

const names = Array.from({ length: 10_001 }, (_, index) => `key-${index}`)

test('a store has one state for each key, and forgets the longest unused state beyond 10,000', () => {
  const store = new Map()
  const [first, second] = names.slice(0, 10_000).map((name) => stateOf(store, name))
  expect(stateOf(store, 'key-0')).toBe(first)
  stateOf(store, 'one too many')
  expect(stateOf(store, 'key-0')).toBe(first)
  expect(stateOf(store, 'key-1')).not.toBe(second)
})

test('a state with a running renewal is not forgotten before the deadline of the renewal', () => {
  const store = new Map()
  const state = stateOf(store, 'busy')
  const promise = new Promise<never>(() => {})
  state.pending = { promise, deadline: performance.now() + 60_000 }
  for (const name of names) stateOf(store, name)
  expect(stateOf(store, 'busy')).toBe(state)
  state.pending = { promise, deadline: performance.now() - 1 }
  for (const name of names) stateOf(store, name)
  expect(stateOf(store, 'busy')).not.toBe(state)
})

test('different stores have different states', () => {
  expect(stateOf(new Map(), 'a')).not.toBe(stateOf(new Map(), 'a'))
})

test('sources that are created for each request over one store share one renewal', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => sourceOver(endpoint, { store }).getToken()))
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']))
  expect(endpoint.requests).toHaveLength(1)
})

test('a source that is created for each request finds the token of the source before it in memory', async () => {
  const database = createDatabase()
  const store = database.open()
  await sourceOver(tokenEndpoint(), { store }).getToken()
  database.operations.length = 0
  expect(await accessTokenOf(sourceOver(tokenEndpoint(), { store }))).toBe('token-1')
  expect(database.operations).toEqual([])
})

test('sources over different store objects, or without a store, share nothing', async () => {
  const endpoint = tokenEndpoint()
  const sources = [{ store: new Map() }, { store: new Map() }, {}, {}].map((options) => sourceOver(endpoint, options))
  await Promise.all(sources.map((source) => source.getToken()))
  expect(endpoint.requests).toHaveLength(4)
})

test('sources over one store share the remembered failure', async () => {
  const endpoint = tokenEndpoint(refusal('invalid_client', 401))
  const store = createDatabase().open()
  const error = await errorOf(sourceOver(endpoint, { store }).getToken())
  expect(await errorOf(sourceOver(endpoint, { store }).getToken())).toBe(error)
  expect(endpoint.requests).toHaveLength(1)
})

test('sources over one store share one limit of token requests', async () => {
  const endpoint = tokenEndpoint(...Array.from({ length: 3 }, (_, index) => grant(`short-${index}`, { expires_in: 0 })))
  const store = createDatabase().open()
  const ask = () => sourceOver(endpoint, { store, maxTokenRequestsPerMinute: 2 }).getToken()
  await ask()
  await ask()
  expect(await errorOf(ask())).toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  expect(endpoint.requests).toHaveLength(2)
})

test('sources that are created for each request over one store share one limit of forced renewals', async () => {
  const endpoint = tokenEndpoint()
  const store = createDatabase().open()
  let accessToken = await accessTokenOf(sourceOver(endpoint, { store }))
  for (let call = 0; call < 10; call += 1) {
    accessToken = await accessTokenOf(sourceOver(endpoint, { store }), accessToken)
  }
  expect(endpoint.requests).toHaveLength(4)
})
