import { createTokenSource, type TokenEvent } from '@oauthkit/core'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore } from '../src/index.ts'
import { connectAdmin } from './connect-admin.ts'
import { example } from './example.ts'
import { ioredis, ioredis5, nodeRedis } from './kinds.ts'

let redis: RunningRedis

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis?.stop())

/** The rights that the README names. */
const usual = '~app:* &app:* -@all +get +set +del +eval +pttl +pexpire +publish +subscribe +unsubscribe'

test.each([
  { ...nodeRedis, rights: usual },
  { ...ioredis, rights: `${usual} +info` },
  { ...ioredis5, rights: `${usual} +info` },
])('a Redis user needs no more rights than those that the README names: $name', async ({ connect, rights }) => {
  const admin = await connectAdmin(redis)
  await admin.flushAll()
  await admin.sendCommand(['ACL', 'SETUSER', 'app', 'on', 'nopass', ...rights.split(' ')])
  const endpoint = createTokenEndpoint()
  const events: TokenEvent[] = []
  const open = async () =>
    redisStore((await connect({ url: redis.url.replace('//', '//app:any@') })).client, { prefix: 'app:' })
  const start = async () =>
    createTokenSource({
      ...example,
      fetch: endpoint.fetch,
      store: await open(),
      onEvent: (event) => events.push(event),
    })
  const [one, other] = [await start(), await start()]
  const [first, second] = await Promise.all([one.getToken(), other.getToken()])
  expect(first).toEqual(second)
  await one.clear()
  expect(events.map(({ type }) => type).toSorted()).toEqual(['adopted', 'renewed'])
  const store = await open()
  expect(await store.replace('key', (current) => current === null, first)).toBe(true)
  expect(await store.get('key')).toEqual(first)
})
