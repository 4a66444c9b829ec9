import { redisStore, type NodeRedisClient } from '@oauthkit/redis'
import * as fc from 'fast-check'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRedis, type RunningRedis } from '../../../config/start-redis.ts'
import { createRedisModel, type RedisModel } from '../src/redis-model.ts'

const connect = (url: string) => createClient({ url }).connect()

let redis: RunningRedis
let client: Awaited<ReturnType<typeof connect>>

beforeAll(async () => {
  redis = await startRedis()
  client = await connect(redis.url)
})

afterAll(async () => {
  client?.destroy()
  await redis?.stop()
})

/** Finds out which scripts the store sends. */
async function findScripts(): Promise<readonly string[]> {
  const scripts = new Set<string>()
  const recording: NodeRedisClient = {
    get: async () => null,
    set: async () => 'OK',
    del: async () => 1,
    eval: async (script) => {
      scripts.add(script)
      return 1
    },
  }
  const store = redisStore(recording, { leaseMs: 100 })
  await store.replace('key', () => true, { accessToken: 'token' })
  await store.lock('key', () => new Promise((resolve) => setTimeout(resolve, 90)))
  return [...scripts]
}

const keys = fc.constantFrom('one', 'two')
const texts = fc.constantFrom('{"accessToken":"a"}', '{"accessToken":"b"}', 'no JSON', '"text"')
const owners = fc.constantFrom('owner', 'another')
const ttls = fc.constantFrom('600000', '3600000', '9000000')
const states = fc.oneof(
  fc.constantFrom('', 'no text'),
  texts.map((text) => `=${text}`),
)

/** Times in steps of ten minutes, because time passes in Redis only. */
const whole = (ms: number) => (ms < 0 ? ms : Math.ceil(ms / 600_000))

const anyCommand = fc.oneof(
  fc.record({ name: fc.constant('del'), key: keys }),
  fc.record({ name: fc.constant('set'), key: keys, text: fc.oneof(texts, owners), ttl: fc.option(ttls) }),
  fc.record({
    name: fc.constantFrom('pttl', 'pexpire', 'publish'),
    key: keys,
    values: fc.tuple(owners, ttls, fc.constant('channel')).map((all): string[] => all),
  }),
  fc.record({
    name: fc.constant('cjson.decode'),
    key: keys,
    values: fc.oneof(fc.tuple(states, texts), fc.tuple(states, texts, ttls)).map((all): string[] => all),
  }),
)

type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never

/** Runs a command in the model and in Redis, and returns both answers. */
async function runBoth(model: RedisModel, command: Command, scripts: readonly string[]) {
  const { name, key } = command
  if ('values' in command) {
    const script = scripts.find((one) => one.includes(name)) ?? ''
    const options = { keys: [key], arguments: command.values }
    return [model.eval(script, key, command.values), await client.eval(script, options)]
  }
  if (!('text' in command)) return [model.del(key), await client.del(key)]
  const value = command.ttl === null ? undefined : Number(command.ttl)
  model.set(key, command.text, value)
  return ['OK', await client.set(key, command.text, value === undefined ? {} : { expiration: { type: 'PX', value } })]
}

test('the model of Redis gives the same answers as Redis, to all commands and scripts of the store', async () => {
  const scripts = await findScripts()
  expect(scripts).toHaveLength(4)
  await fc.assert(
    fc.asyncProperty(fc.array(anyCommand, { minLength: 1, maxLength: 12 }), async (commands) => {
      await client.flushAll()
      const model = createRedisModel(() => 0)
      for (const command of commands) {
        const [modelled, real] = await runBoth(model, command, scripts)
        expect(modelled).toBe(real)
        for (const key of ['one', 'two']) {
          expect(model.get(key)).toBe(await client.get(key))
          expect(whole(model.timeLeft(key))).toBe(whole(await client.pTTL(key)))
        }
      }
    }),
    { numRuns: 150, seed: 1 },
  )
})

test('an entry ends at its time, and a lock that is released wakes its listeners', async () => {
  let now = 0
  const model = createRedisModel(() => now)
  model.set('key', 'text', 10)
  now = 9
  expect(model.get('key')).toBe('text')
  now = 10
  expect([model.get('key'), model.timeLeft('key'), model.keys()]).toEqual([null, -2, []])
  await client.set('key', 'text', { expiration: { type: 'PX', value: 10 } })
  await expect.poll(() => client.get('key')).toBe(null)
  expect(await client.pTTL('key')).toBe(-2)

  const [release = ''] = (await findScripts()).filter((script) => script.includes('publish'))
  let woken = 0
  model.subscribe('channel', () => (woken += 1))
  model.set('lock', 'owner')
  model.eval(release, 'lock', ['another', '100', 'channel'])
  expect(woken).toBe(0)
  model.eval(release, 'lock', ['owner', '100', 'channel'])
  expect(woken).toBe(1)
})

test('a script that the model does not know is an error', () => {
  const model = createRedisModel(() => 0)
  expect(() => model.eval('return 1', 'key', [])).toThrow('the model of Redis does not know this script: return 1')
})
