import { vi, type TestContext } from 'vitest'
import { startRedis } from '../../../../config/start-redis.ts'
import { connectAdmin, type Connection } from '../connect-admin.ts'

type Server = { readonly port: number; readonly admin: Connection; readonly id: string }

const settings = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']

async function open(port: number): Promise<Server> {
  const admin = await connectAdmin({ url: `redis://127.0.0.1:${port}` })
  return { port, admin, id: await admin.sendCommand<string>(['CLUSTER', 'MYID']) }
}

/** Makes a cluster of a server that a fleet has started, and of another one, which has no keys. */
export function startCluster({ onTestFinished }: TestContext) {
  let servers: readonly [Server, Server] | undefined
  return {
    settings,
    /** Adds the other server to the one on `port`. */
    join: async (port: number) => {
      const started = await startRedis(undefined, settings)
      onTestFinished(started.stop)
      const [first, second] = [await open(port), await open(started.port)]
      await first.admin.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
      await first.admin.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', String(started.port)])
      const isReady = async ({ admin }: Server) => {
        const info = await admin.sendCommand<string>(['CLUSTER', 'INFO'])
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:2')
      }
      await vi.waitUntil(async () => (await isReady(first)) && isReady(second), { timeout: 300_000 })
      servers = [first, second]
      return { port }
    },
    /** Moves a key, and all keys with the same hash, to the other server. */
    move: async (key: string) => {
      const [from, to] = servers!
      const hashSlot = String(await from.admin.sendCommand<number>(['CLUSTER', 'KEYSLOT', key]))
      await to.admin.sendCommand(['CLUSTER', 'SETSLOT', hashSlot, 'IMPORTING', from.id])
      await from.admin.sendCommand(['CLUSTER', 'SETSLOT', hashSlot, 'MIGRATING', to.id])
      await from.admin.sendCommand(['MIGRATE', '127.0.0.1', String(to.port), key, '0', '60000'])
      for (const { admin } of [to, from]) await admin.sendCommand(['CLUSTER', 'SETSLOT', hashSlot, 'NODE', to.id])
    },
  }
}
