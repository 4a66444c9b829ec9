import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'vitest'

/**
 * What a gate does with connections. `refused`: it ends them, and no new one can be made. `broken`: it ends them, and
 * each new one at once. `silent`: they stay, and no byte passes until the gate is open again.
 */
type GateState = 'open' | 'refused' | 'broken' | 'silent'

/** A proxy in front of a server, which a test can close for one process. */
export type Gate = { readonly port: number; readonly set: (state: GateState) => Promise<void> }

/** Creates an open gate before the server on a port of this machine. It ends with the test. */
export async function createGate({ onTestFinished }: TestContext, target: number): Promise<Gate> {
  let state: GateState = 'open'
  /** Both ends of each connection. */
  const pairs = new Map<Socket, Socket>()
  const end = (socket: Socket) => {
    const other = pairs.get(socket)
    pairs.delete(socket)
    if (socket.destroyed && !other) return
    socket.resetAndDestroy()
    if (other) end(other)
  }
  const join = (from: Socket, to: Socket) => {
    from.on('data', (data: Buffer) => to.write(data))
    from.on('error', () => {}).on('close', () => end(from))
    if (state === 'silent') from.pause()
  }
  const server = createServer({ noDelay: true }, (socket) => {
    if (state === 'broken') {
      socket.resetAndDestroy()
      return
    }
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true })
    pairs.set(socket, upstream).set(upstream, socket)
    join(socket, upstream)
    join(upstream, socket)
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const endAll = () => {
    for (const socket of pairs.keys()) end(socket)
  }
  onTestFinished(() => {
    server.close()
    endAll()
  })
  const port = await listen(0)

  return {
    port,
    set: async (next) => {
      const before = state
      state = next
      if (next === 'refused' || next === 'broken') endAll()
      if (next === 'refused') server.close()
      else if (before === 'refused') await listen(port)
      for (const socket of pairs.keys()) if (next === 'silent') socket.pause()
      for (const socket of pairs.keys()) if (next === 'open') socket.resume()
    },
  }
}
