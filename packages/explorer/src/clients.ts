import type { TokenStore } from '@oauthkit/core'
import type { NodeRedisClient } from '@oauthkit/redis'
import type { RedisModel } from './redis-model.ts'
import type { Process } from './step.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { hasLease } from './watch-store.ts'
import type { World } from './world.ts'

/** A `fetch` for token requests. It belongs to the process that calls it. */
export function createFetch(world: World, endpoint: TokenEndpoint): typeof globalThis.fetch {
  return (_input, init) =>
    new Promise((resolve, reject) => {
      const process = world.running()
      const { number, seen, answered } = process
      const form = new URLSearchParams(init?.body as string)
      const refreshToken = form.get('refresh_token')
      if (refreshToken !== null) {
        const isAllowed = !seen.has(refreshToken) || hasLease(process)
        world.sent.push({ process: number, refreshToken, isAgain: answered.has(refreshToken), isAllowed })
      }
      let isGivenUp = false
      init?.signal?.addEventListener('abort', () => {
        isGivenUp = true
        reject(init.signal?.reason)
      })
      void world
        .effect('request', 'the token request', () => endpoint.answer(form, number))
        .then(({ status, body }) => {
          if (refreshToken !== null && !isGivenUp) answered.add(refreshToken)
          return createResponse(status, body)
        })
        .then(resolve, reject)
    })
}

/** A response as libraries that replace `fetch` have it, without a stream. It takes much less time than one of the platform. */
const createResponse = (status: number, body: object) =>
  ({
    status,
    ok: status < 300,
    type: 'basic',
    redirected: false,
    headers: new Headers(),
    body: null,
    text: async () => JSON.stringify(body),
  }) as unknown as Response

/** A client of the package `redis`, as far as the store needs one, that is connected to a model of Redis. */
export function createRedisClient(world: World, redis: RedisModel, process: Process): NodeRedisClient {
  const command = <T>(label: string, work: () => T) => world.effect('command', label, work, process)
  const listeners = new Map<() => void, () => void>()
  return {
    get: (key) => command('GET', () => redis.get(key)),
    set: (key, text, options) => command('SET', () => redis.set(key, text, options?.expiration?.value)),
    del: (key) => command('DEL', () => redis.del(key)),
    eval: (script, { keys, arguments: values }) => {
      const name = nameOf(script)
      return command(name, () => {
        const answer = redis.eval(script, keys[0] ?? '', values)
        if (name === 'take the lock' && answer === 1) process.hasLock = true
        if (name === 'release the lock') process.hasLock = false
        return answer
      })
    },
    subscribe: (channel, listener) =>
      command('SUBSCRIBE', () => {
        const receive = () => void world.effect('message', 'the message of the lock', listener, process)
        listeners.set(listener, receive)
        redis.subscribe(channel, receive)
      }),
    unsubscribe: (channel, listener) =>
      command('UNSUBSCRIBE', () => redis.unsubscribe(channel, listeners.get(listener) ?? listener)),
  }
}

/** A short name of a script of the store. */
function nameOf(script: string): string {
  if (script.includes('cjson.decode')) return 'replace'
  if (script.includes('pexpire')) return 'extend the lock'
  return script.includes('publish') ? 'release the lock' : 'take the lock'
}

/** A store without `lock` and `replace`, in the same model. */
export function createPlainStore(world: World, redis: RedisModel, process: Process): TokenStore {
  const command = <T>(label: string, work: () => T) => world.effect('command', label, work, process)
  return {
    get: (key) => command('get', () => JSON.parse(redis.get(key) ?? 'null') as unknown),
    set: (key, token, ttlMs) => command('set', () => redis.set(key, JSON.stringify(token), ttlMs)),
    delete: (key) => command('delete', () => redis.del(key)),
  }
}
