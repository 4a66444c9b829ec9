import { createTokenSource, type TokenEvent } from '@oauthkit/core'
import { createTokenEndpoint } from '@oauthkit/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore } from '../src/index.ts'
import { connect } from './connect.ts'
import { example } from './example.ts'

let redis: RunningRedis

beforeAll(async () => {
  redis = await startRedis()
})

afterAll(() => redis?.stop())

/** The rights that the README names. */
const rights = '~app:* &app:* -@all +get +set +del +eval +pttl +pexpire +publish +subscribe +unsubscribe'

test('a Redis user needs no more rights than those that the README names', async () => {
  const admin = await connect(redis)
  await admin.sendCommand(['ACL', 'SETUSER', 'app', 'on', 'nopass', ...rights.split(' ')])
  const endpoint = createTokenEndpoint()
  const events: TokenEvent[] = []
  const open = async () => redisStore(await connect({ url: redis.url.replace('//', '//app:any@') }), { prefix: 'app:' })
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
