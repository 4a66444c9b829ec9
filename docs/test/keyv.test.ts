import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import KeyvRedis from '@keyv/redis'
import type { TokenEvent, TokenStore } from '@oauthkit/core'
import { createTokenEndpoint, testTokenStore } from '@oauthkit/core/testing'
import { orangeTokens } from '@oauthkit/orange'
import { Keyv } from 'keyv'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type RunningRedis } from '../../config/start-redis.ts'

const docs = new URL('../', import.meta.url)
const [, code = ''] =
  /```ts\n([^`]*const keyvStore =[^`]*)```/.exec(readFileSync(new URL('stores.md', docs), 'utf8')) ?? []

// The folder is inside this workspace, so that the example finds the packages.
const folder = mkdtempSync(fileURLToPath(new URL('keyv-', docs)))
writeFileSync(join(folder, 'keyv-store.ts'), code)
const { keyvStore } = (await import(/* @vite-ignore */ join(folder, 'keyv-store.ts'))) as {
  readonly keyvStore: (keyv: Keyv) => TokenStore
}
rmSync(folder, { recursive: true })

let redis: RunningRedis
const opened: Keyv[] = []

function connect({ url } = redis): Keyv {
  const keyv = new Keyv({ store: new KeyvRedis({ url, socket: { reconnectStrategy: false } }), namespace: 'tokens' })
  keyv.on('error', () => {})
  opened.push(keyv)
  return keyv
}

beforeAll(async () => {
  redis = await startRedis()
})

afterEach(async () => {
  for (const keyv of opened.splice(0)) await keyv.disconnect().catch(() => {})
})

afterAll(() => redis.stop())

describe('a Keyv in memory', () => {
  testTokenStore(test, () => new Keyv(), { timeoutMs: 60_000 })
})

describe.each([
  ['a Keyv on Redis', (keyv: Keyv): TokenStore => keyv],
  ['a Keyv on Redis that throws when it could not read', keyvStore],
])('%s', (_, storeOver) => {
  testTokenStore(test, () => storeOver(connect()), {
    sibling: () => storeOver(connect()),
    cleanUp: () => connect().clear(),
    timeoutMs: 60_000,
  })
})

test('Redis gets the lifetime that core passes, and no lifetime if core passes none', async () => {
  const keyv = connect()
  const store = keyvStore(keyv)
  await store.set('mortal', { accessToken: 'token' }, 60_000.5)
  await store.set('lasting', { accessToken: 'token' })
  const client = await (keyv.store as KeyvRedis<string>).getClient()
  const left = (key: string) => (client as { pTTL(key: string): Promise<number> }).pTTL(key)
  const mortal = await left('tokens::mortal')
  expect(mortal).toBeGreaterThan(50_000)
  expect(mortal).toBeLessThanOrEqual(60_001)
  expect(await left('tokens::lasting')).toBe(-1)
  await keyv.clear()
})

describe('when Redis is gone', () => {
  async function withoutRedis() {
    const mortal = await startRedis()
    try {
      const keyv = connect(mortal)
      await keyv.get('key')
      return keyv
    } finally {
      await mortal.stop()
    }
  }

  const options = { clientId: 'app', clientSecret: 'secret', storeTimeoutMs: 20_000 }

  test('a Keyv reads nothing, returns false from a failed set, and calls continue', async () => {
    const keyv = await withoutRedis()
    expect(await keyv.get('key')).toBeUndefined()
    expect(await keyv.set('key', { accessToken: 'token' })).toBe(false)
    const events: TokenEvent[] = []
    const { fetch } = createTokenEndpoint()
    const onEvent = (event: TokenEvent) => void events.push(event)
    const tokens = orangeTokens({ ...options, store: keyv, fetch, onEvent })
    expect(await tokens.getToken()).toMatchObject({ accessToken: 'token-1' })
    expect(events.filter(({ type }) => type === 'store-failed')).toMatchObject([{ operation: 'set' }])
  })

  test('a Keyv that throws when it could not read does not make the user sign in again', async () => {
    const store = keyvStore(await withoutRedis())
    await expect(store.get('key')).rejects.toBeInstanceOf(Error)
    const grant = { name: 'a login', identity: '' }
    const tokens = orangeTokens({ ...options, store, grant, key: 'ada' })
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE' })
  })
})
