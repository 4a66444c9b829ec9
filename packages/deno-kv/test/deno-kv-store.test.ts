import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientSecretBasic, createTokenSource, type TokenEvent } from '@oauthkit/core'
import { createTokenEndpoint, testTokenStore } from '@oauthkit/core/testing'
import { encrypted } from '@oauthkit/encrypted'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { denoKvStore, type DenoKv, type DenoKvTransaction } from '../src/index.ts'
import { openKv } from './open-kv.ts'

const folder = mkdtempSync(join(tmpdir(), 'oauthkit-'))
let kv: Awaited<ReturnType<typeof openKv>>
let other: typeof kv

beforeAll(async () => {
  kv = await openKv(join(folder, 'kv'))
  other = await openKv(join(folder, 'kv'))
})

const clear = async () => {
  for await (const { key } of kv.list({ prefix: ['oauthkit'] })) await kv.delete(key)
}

beforeEach(clear)

afterAll(() => {
  kv.close()
  other.close()
  rmSync(folder, { recursive: true })
})

const token = { accessToken: 'token' }

describe('a store in Deno KV', () => {
  testTokenStore(test, () => denoKvStore(kv), {
    hasReplace: true,
    sibling: () => denoKvStore(other),
    cleanUp: clear,
    timeoutMs: 300_000,
  })

  test('keeps all its entries under one prefix', async () => {
    await denoKvStore(kv).set('oauthkit:key', token)
    expect((await kv.get(['oauthkit', 'oauthkit:key'])).value).toEqual(token)
  })

  test('passes the lifetime in whole milliseconds, rounded up, and passes none if core sets none', async () => {
    const lifetimes: unknown[] = []
    const record = (options: unknown) => void lifetimes.push(options)
    const transaction: DenoKvTransaction = {
      check: () => transaction,
      set: (_key, _value, options) => {
        record(options)
        return transaction
      },
      commit: async () => ({ ok: true }),
    }
    const store = denoKvStore({
      get: async () => ({ value: null, versionstamp: null }),
      set: async (_key, _value, options) => record(options),
      delete: async () => {},
      atomic: () => transaction,
    })
    for (const ttlMs of [60_000.5, undefined]) {
      await store.set('key', token, ttlMs)
      await store.replace('key', () => true, token, ttlMs)
    }
    expect(lifetimes).toEqual([{ expireIn: 60_001 }, { expireIn: 60_001 }, {}, {}])
  })

  test('an encrypted token of 48,000 characters fits, and one of 50,000 is refused', async () => {
    const store = encrypted(denoKvStore(kv), crypto.getRandomValues(new Uint8Array(32)))
    const long = { accessToken: 'x'.repeat(48_000) }
    await store.set('key', long)
    expect(await store.get('key')).toEqual(long)
    await expect(store.set('key', { accessToken: 'x'.repeat(50_000) })).rejects.toThrow(/too ?(large|long)/i)
  })

  test.each([
    ['nothing', undefined],
    ['a promise of a database, without await', Promise.resolve()],
  ])('%s is a TypeError that says what to pass', (_, wrong) => {
    expect(() => denoKvStore(wrong as unknown as DenoKv)).toThrow('denoKvStore needs a database: await Deno.openKv()')
  })
})

function sourceOver(database: DenoKv, accessToken?: string) {
  const events: TokenEvent[] = []
  const endpoint = createTokenEndpoint()
  if (accessToken) endpoint.answer(Response.json({ access_token: accessToken, expires_in: 3600 }))
  const source = createTokenSource({
    provider: {
      name: 'example',
      tokenEndpoint: 'https://id.example/token',
      apis: ['https://api.example'],
      clientAuth: clientSecretBasic,
    },
    clientId: 'app',
    clientSecret: 'secret',
    fetch: endpoint.fetch,
    store: denoKvStore(database),
    timeoutMs: 300_000,
    storeTimeoutMs: 300_000,
    onEvent: (event) => void events.push(event),
  })
  return { source, events, failures: () => events.filter(({ type }) => type === 'store-failed') }
}

describe('under a token source', () => {
  test('a token of 65,000 characters is stored', async () => {
    const { source, failures } = sourceOver(kv, 'x'.repeat(65_000))
    const { accessToken } = await source.getToken()
    expect(failures()).toEqual([])
    expect(await sourceOver(other).source.getToken()).toMatchObject({ accessToken })
  })

  test('a token above 64 KiB serves its own process, and an event says that it is not stored, and why', async () => {
    const { source, failures } = sourceOver(kv, 'x'.repeat(66_000))
    expect((await source.getToken()).accessToken).toHaveLength(66_000)
    expect(failures()).toMatchObject([{ operation: 'set', message: expect.stringMatching(/too ?(large|long)/i) }])
    expect(JSON.stringify(failures())).not.toContain('xxxx')
  })

  test('a closed database causes events, and the source continues without it', async () => {
    const closed = await openKv(':memory:')
    closed.close()
    const { source, failures } = sourceOver(closed)
    expect(await source.getToken()).toMatchObject({ accessToken: 'token-1' })
    expect(failures()).toMatchObject([{ operation: 'get' }, { operation: 'set' }])
  })
})
