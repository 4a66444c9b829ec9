import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { createListen } from '../src/ioredis-listen.ts'
import type { IoredisClient } from '../src/ioredis.ts'

/** A client that records what its connections do. */
function createFake({ isCluster = false } = {}) {
  const log: string[] = []
  const connections: EventEmitter[] = []
  const connect = (name: string) => {
    const connection = new EventEmitter()
    connections.push(connection)
    return Object.assign(connection, {
      subscribe: async (channel: string) => void log.push(`${name}: subscribe ${channel}`),
      unsubscribe: async (channel: string) => void log.push(`${name}: unsubscribe ${channel}`),
      disconnect: () => void log.push(`${name}: disconnect`),
    })
  }
  const client = Object.assign(connect('client'), {
    isCluster,
    duplicate: (options: object) => {
      log.push(`duplicate ${JSON.stringify(options)}`)
      return connect('listener')
    },
  }) as unknown as IoredisClient
  return { client, connections, log }
}

test('all listeners share one connection, which is closed with the last of them', () => {
  const { client, connections, log } = createFake()
  const listen = createListen(client)
  const told: string[] = []
  const first = listen('a', () => told.push('first'))
  const second = listen('a', () => told.push('second'))
  const third = listen('b', () => told.push('third'))
  connections[1]?.emit('message', 'a')
  connections[1]?.emit('message', 'another')
  expect(told).toEqual(['first', 'second'])
  first.end()
  connections[1]?.emit('message', 'a')
  expect(told).toEqual(['first', 'second', 'second'])
  second.end()
  third.end()
  expect(log).toEqual([
    'duplicate {"enableOfflineQueue":true}',
    'listener: subscribe a',
    'listener: subscribe a',
    'listener: subscribe b',
    'listener: unsubscribe a',
    'listener: unsubscribe b',
    'listener: disconnect',
  ])
})

test('after the last listener, the next one opens another connection', () => {
  const { client, log } = createFake()
  const listen = createListen(client)
  listen('a', () => {}).end()
  listen('a', () => {}).end()
  expect(log.filter((line) => line.startsWith('duplicate'))).toHaveLength(2)
})

test('an error of this connection is not an unhandled error', () => {
  const { client, connections } = createFake()
  createListen(client)('a', () => {})
  expect(connections[1]?.emit('error', new Error('down'))).toBe(true)
})

test('a cluster listens by itself, is not closed, and keeps no listener', () => {
  const { client, connections, log } = createFake({ isCluster: true })
  const told = vi.fn<() => void>()
  const { end } = createListen(client)('a', told)
  connections[0]?.emit('message', 'a')
  expect(told).toHaveBeenCalledOnce()
  end()
  expect(log).toEqual(['client: subscribe a', 'client: unsubscribe a'])
  expect(connections[0]?.listenerCount('message')).toBe(0)
})
