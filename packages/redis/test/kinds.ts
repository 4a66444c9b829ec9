import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'
import { createClient } from 'redis'
import { afterAll } from 'vitest'
import type { RunningRedis } from '../../../config/start-redis.ts'
import type { RedisClient } from '../src/index.ts'

const open: (() => void)[] = []

afterAll(() => {
  for (const end of open.splice(0)) end()
})

/** A connected client, and a function that ends its connection at once. */
type Connected = { readonly client: RedisClient; readonly end: () => void }

type Options = {
  readonly keyPrefix?: string
  /** Whether commands wait for a connection while there is none. @defaultValue `true` */
  readonly isPatient?: boolean
}

/** A kind of client that the store works with. It reconnects when it loses Redis, as in an application. */
export type Kind = {
  readonly name: string
  /** Connects a client. Its connection is ended after the tests. */
  readonly connect: (redis: Pick<RunningRedis, 'url'>, options?: Options) => Promise<Connected>
}

const register = (connected: Connected): Connected => {
  open.push(connected.end)
  return connected
}

export const nodeRedis: Kind = {
  name: 'redis',
  connect: async ({ url }, { isPatient = true, ...options } = {}) => {
    const client = createClient({ url, disableOfflineQueue: !isPatient, ...options })
    client.on('error', () => {})
    await client.connect()
    return register({ client, end: () => client.isOpen && client.destroy() })
  },
}

type IoredisOptions = { enableOfflineQueue: boolean; lazyConnect: true; keyPrefix?: string }

const ioredisKind = (name: string, create: (url: string, options: IoredisOptions) => Redis | Redis5): Kind => ({
  name,
  connect: async ({ url }, { isPatient = true, ...options } = {}) => {
    const client = create(url, { enableOfflineQueue: isPatient, lazyConnect: true, ...options })
    client.on('error', () => {})
    await client.connect()
    return register({ client, end: () => client.disconnect() })
  },
})

export const ioredis = ioredisKind('ioredis', (url, options) => new Redis(url, options))
export const ioredis5 = ioredisKind('ioredis 5', (url, options) => new Redis5(url, options))

type Method = 'get' | 'set' | 'eval'

/** Returns a client that runs `around` in the place of one of its methods. It gets the real call. */
export const intercept = (
  client: RedisClient,
  method: Method,
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): RedisClient =>
  new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const call = (...parameters: unknown[]): unknown => Reflect.apply(value, target, parameters)
      return name === method ? (...parameters: unknown[]) => around(async () => call(...parameters)) : call
    },
  })
