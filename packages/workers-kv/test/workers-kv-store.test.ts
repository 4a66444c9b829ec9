import { expect, test } from 'vitest'
import { workersKvStore, type WorkersKv } from '../src/index.ts'

test('KV gets the lifetime in whole seconds, rounded up, 60 or more, and gets none if core sets none', async () => {
  const calls: unknown[] = []
  const store = workersKvStore({
    get: async (...parameters) => void calls.push(parameters),
    put: async (...parameters) => void calls.push(parameters),
    delete: async (...parameters) => void calls.push(parameters),
  })
  const token = { accessToken: 'token' }
  await store.set('key', token, 90_000.5)
  await store.set('key', token, 900)
  await store.set('key', token)
  await store.get('key')
  await store.delete('key')
  const json = '{"accessToken":"token"}'
  expect(calls).toEqual([
    ['key', json, { expirationTtl: 91 }],
    ['key', json, { expirationTtl: 60 }],
    ['key', json, {}],
    ['key', 'json'],
    ['key'],
  ])
})

test('errors of KV are passed on', async () => {
  const down = async () => Promise.reject(new Error('KV PUT failed: 429 Too Many Requests'))
  const store = workersKvStore({ get: down, put: down, delete: down })
  await expect(store.get('key')).rejects.toThrow('429')
  await expect(store.set('key', { accessToken: 'token' })).rejects.toThrow('429')
  await expect(store.delete('key')).rejects.toThrow('429')
})

test.each([
  ['a missing binding', undefined],
  ['a Map', new Map()],
])('%s is a TypeError that says what to pass', (_, wrong) => {
  expect(() => workersKvStore(wrong as unknown as WorkersKv)).toThrow(/needs a KV namespace: pass the binding/)
})
