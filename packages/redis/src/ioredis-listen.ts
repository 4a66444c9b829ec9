import type { Commands } from './commands.ts'
import type { IoredisClient } from './ioredis.ts'

/**
 * Creates a function that listens to channels. A connection of `ioredis` that listens can do nothing else, so the
 * listeners share another connection. It is open while there are listeners. A `Cluster` already has such a connection.
 */
export function createListen(client: IoredisClient): NonNullable<Commands['listen']> {
  const listeners = new Map<string, Set<() => void>>()
  let connection: ReturnType<typeof open> | undefined

  const tell = (channel: string) => {
    for (const listener of listeners.get(channel) ?? []) listener()
  }
  const open = () => {
    // Without its queue, a connection would refuse to listen until it is ready.
    const own = client.isCluster ? undefined : client.duplicate({ enableOfflineQueue: true })
    own?.on('error', () => {})
    const subscriber = own ?? client
    subscriber.on('message', tell)
    return {
      subscribe: (channel: string) => subscriber.subscribe(channel),
      unsubscribe: (channel: string) => subscriber.unsubscribe(channel),
      close: () => (own ? own.disconnect() : void client.off('message', tell)),
    }
  }

  return (channel, listener) => {
    const all = listeners.get(channel) ?? new Set()
    listeners.set(channel, all.add(listener))
    connection ??= open()
    return {
      ready: connection.subscribe(channel),
      end: () => {
        all.delete(listener)
        if (all.size > 0) return
        listeners.delete(channel)
        void connection?.unsubscribe(channel).catch(() => {})
        if (listeners.size > 0) return
        connection?.close()
        connection = undefined
      },
    }
  }
}
