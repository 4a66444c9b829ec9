import type { RedisClient } from '../../src/index.ts'
import type { ClientSettings } from './protocol.ts'

/** Connects the client of a process. It reconnects when it loses Redis. Only the client that is used is loaded: that takes time. */
export async function connectClient({ name, mode, port, isPatient, ca }: ClientSettings): Promise<RedisClient> {
  const host = '127.0.0.1'
  if (name === 'ioredis') {
    const { Cluster, Redis } = await import('ioredis')
    const options = { enableOfflineQueue: isPatient, lazyConnect: true }
    const tls = ca === undefined ? {} : { tls: { ca } }
    const client =
      mode === 'cluster'
        ? new Cluster([{ host, port }], options)
        : new Redis(
            mode === 'sentinel'
              ? { ...options, name: 'primary', sentinels: [{ host, port }] }
              : { ...options, ...tls, host, port },
          )
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const { createClient, createCluster, createSentinel } = await import('redis')
  const options = { disableOfflineQueue: !isPatient }
  const socket = ca === undefined ? { host, port } : { host, port, tls: true as const, ca }
  const client =
    mode === 'cluster'
      ? createCluster({ rootNodes: [{ url: `redis://${host}:${port}` }], defaults: options })
      : mode === 'sentinel'
        ? createSentinel({ name: 'primary', sentinelRootNodes: [{ host, port }], nodeClientOptions: options })
        : createClient({ ...options, socket })
  client.on('error', () => {})
  await client.connect()
  return client
}
