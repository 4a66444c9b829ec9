import { env } from 'cloudflare:workers'
import { clientSecretBasic, createTokenSource, type TokenEvent } from '@oauthkit/core'
import { createTokenEndpoint, testTokenStore } from '@oauthkit/core/testing'
import { describe, expect, test } from 'vitest'
import { workersKvStore } from '../src/index.ts'

const namespace = env.TOKENS as typeof env.TOKENS & {
  list(): Promise<{ keys: { name: string; expiration?: number }[] }>
}

const clear = async () => {
  const { keys } = await namespace.list()
  await Promise.all(keys.map(({ name }) => namespace.delete(name)))
}

describe('a store in a KV namespace', () => {
  testTokenStore(test, () => workersKvStore(namespace), {
    sibling: () => workersKvStore(namespace),
    cleanUp: clear,
    timeoutMs: 300_000,
  })

  test('an entry expires with its token, but not before one minute has passed', async () => {
    const store = workersKvStore(namespace)
    const before = Math.floor(Date.now() / 1000)
    await store.set('an hour', { accessToken: 'token' }, 3_600_000)
    await store.set('a second', { accessToken: 'token' }, 1000)
    await store.set('ever', { accessToken: 'token' })
    const { keys } = await namespace.list()
    const after = Math.ceil(Date.now() / 1000)
    const lifetimes = Object.fromEntries(keys.map(({ name, expiration }) => [name, expiration]))
    expect(lifetimes['an hour']).toBeGreaterThanOrEqual(before + 3600)
    expect(lifetimes['an hour']).toBeLessThanOrEqual(after + 3600)
    expect(lifetimes['a second']).toBeGreaterThanOrEqual(before + 60)
    expect(lifetimes['a second']).toBeLessThanOrEqual(after + 60)
    expect(lifetimes['ever']).toBeUndefined()
    await clear()
  })
})

test('an entry that is not JSON causes an event, and a new token overwrites it', async () => {
  const events: TokenEvent[] = []
  const endpoint = createTokenEndpoint()
  const sourceOver = () =>
    createTokenSource({
      provider: {
        name: 'example',
        tokenEndpoint: 'https://id.example/token',
        apis: ['https://api.example'],
        clientAuth: clientSecretBasic,
      },
      clientId: 'app',
      clientSecret: 'secret',
      fetch: endpoint.fetch,
      // A new store object for each source: as in two isolates, the sources share only the entry.
      store: workersKvStore(namespace),
      // On a busy machine, KV answers late. That is not what this test is about.
      timeoutMs: 300_000,
      storeTimeoutMs: 300_000,
      onEvent: (event) => void events.push(event),
    })
  await sourceOver().getToken()
  const [entry] = (await namespace.list()).keys
  await namespace.put(String(entry?.name), 'no JSON')
  expect(await sourceOver().getToken()).toMatchObject({ accessToken: 'token-2' })
  expect(events.filter(({ type }) => type === 'store-failed')).toMatchObject([
    { operation: 'get', message: 'the entry cannot be parsed' },
  ])
  expect(await sourceOver().getToken()).toMatchObject({ accessToken: 'token-2' })
  await clear()
})
