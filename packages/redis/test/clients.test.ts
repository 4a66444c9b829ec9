import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startRedis, startSentinel, type RunningRedis } from '../../../config/start-redis.ts'
import { redisStore, type RedisClient } from '../src/index.ts'
import { connectAdmin, type Connection } from './connect-admin.ts'

type Options = Pick<RedisOptions, 'keyPrefix' | 'lazyConnect' | 'protocol' | 'stringNumbers' | 'enableAutoPipelining'>

/** A busy machine can be slow: only the limit of the test decides. */
const patient = { timeout: 300_000 }

let redis: RunningRedis
let cluster: RunningRedis
let sentinel: RunningRedis
/** The connections that the tests use to look into Redis. */
let admin: Connection
let clusterAdmin: Connection

beforeAll(async () => {
  redis = await startRedis()
  admin = await connectAdmin(redis)
  sentinel = await startSentinel(redis.port, 60_000)
  cluster = await startRedis(undefined, ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'])
  clusterAdmin = await connectAdmin(cluster)
  await clusterAdmin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
  await vi.waitUntil(async () => (await clusterAdmin.clusterInfo()).includes('cluster_state:ok'), patient)
})

afterAll(() => Promise.all([redis, cluster, sentinel].map((server) => server?.stop())))

const token = { accessToken: 'a-token' }

/** Uses all methods of a store. A caller that waits for the lock listens, if its client can. */
async function expectItWorks(client: RedisClient, inside: Connection, { prefix = '', canListen = true } = {}) {
  await inside.flushAll()
  const store = redisStore(client)
  expect(await store.replace('key', (current) => current === null, token)).toBe(true)
  expect(await inside.keys('*')).toEqual([`${prefix}key`])
  expect(await store.replace('key', (current) => current === null, token)).toBe(false)
  expect(await store.get('key')).toEqual(token)
  await store.set('key', { accessToken: 'newer' }, 60_000)

  let open = () => {}
  const done = new Promise<void>((resolve) => (open = resolve))
  const holder = store.lock('key', () => done)
  await vi.waitFor(async () => expect(await inside.exists(`${prefix}key:lock`)).toBe(1), patient)
  const waiter = store.lock('key', async () => store.get('key'))
  const listeners = async () => (await inside.pubSubNumSub(['key:lock']))['key:lock']
  await vi.waitUntil(async () => !canListen || (await listeners()) === 1, patient)
  open()
  expect(await waiter).toEqual({ accessToken: 'newer' })
  await holder
  await vi.waitFor(async () => expect(await listeners()).toBe(0), patient)

  await store.delete('key')
  expect(await inside.keys('*')).toEqual([])
}

describe('the store works with these clients of redis:', () => {
  test('a pool', async () => {
    const pool = createClientPool({ url: redis.url })
    onTestFinished(() => pool.destroy())
    await pool.connect()
    await expectItWorks(pool, admin, { canListen: false })
  })

  test('a client that puts its own prefix before all keys', async () => {
    const client = createClient({ url: redis.url, keyPrefix: 'app:' })
    onTestFinished(() => client.destroy())
    await client.connect()
    await expectItWorks(client, admin, { prefix: 'app:' })
  })

  test('a cluster', async () => {
    const client = createCluster({ rootNodes: [{ url: cluster.url }] })
    onTestFinished(() => client.destroy())
    await client.connect()
    await expectItWorks(client, clusterAdmin)
  })

  test('a client of Sentinel', async () => {
    const client = createSentinel({
      name: 'primary',
      sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }],
    })
    onTestFinished(() => client.destroy())
    await client.connect()
    await expectItWorks(client, admin)
  })
})

describe('the store works with these clients of ioredis:', () => {
  /** Counts the connections that listen. Sentinel has one of them. */
  const connections = async () => {
    const list = await admin.sendCommand<string>(['CLIENT', 'LIST', 'TYPE', 'pubsub'])
    return list.split('\n').filter((line) => line !== '' && !line.includes('name=sentinel')).length
  }

  test.each<[string, Options]>([
    ['a client', {}],
    ['a client that puts its own prefix before all keys', { keyPrefix: 'app:' }],
    ['a client that connects when it is used', { lazyConnect: true }],
    ['a client over RESP 2', { protocol: 2 }],
    ['a client that returns numbers as text', { stringNumbers: true }],
    ['a client that sends commands together', { enableAutoPipelining: true }],
  ])('%s', async (_what, options) => {
    const client = new Redis({ port: redis.port, ...options })
    onTestFinished(() => client.disconnect())
    await expectItWorks(client, admin, { prefix: options.keyPrefix ?? '' })
    await vi.waitFor(async () => expect(await connections()).toBe(0), patient)
  })

  test('a client without a queue for the time without a connection', async () => {
    const client = new Redis(redis.url, { enableOfflineQueue: false })
    onTestFinished(() => client.disconnect())
    await new Promise((resolve) => client.once('ready', resolve))
    await expectItWorks(client, admin)
  })

  test('a client of the older release', async () => {
    const client = new Redis5(redis.url, { keyPrefix: 'app:' })
    onTestFinished(() => client.disconnect())
    await expectItWorks(client, admin, { prefix: 'app:' })
  })

  test('a client of Sentinel', async () => {
    const client = new Redis({ name: 'primary', sentinels: [{ host: '127.0.0.1', port: sentinel.port }] })
    onTestFinished(() => client.disconnect())
    await expectItWorks(client, admin)
  })

  test.each([
    ['a cluster', (port: number) => new Cluster([{ host: '127.0.0.1', port }])],
    ['a cluster of the older release', (port: number) => new Cluster5([{ host: '127.0.0.1', port }])],
  ])('%s', async (_what, create) => {
    const client = create(cluster.port)
    onTestFinished(() => client.disconnect())
    await expectItWorks(client, clusterAdmin)
    expect(client.listenerCount('message')).toBe(0)
  })

  test('a cluster that puts its own prefix before all keys', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: cluster.port }], { keyPrefix: 'app:' })
    onTestFinished(() => client.disconnect())
    await expectItWorks(client, clusterAdmin, { prefix: 'app:' })
  })
})
