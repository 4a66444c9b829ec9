import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'vitest'

/** Creates a proxy before Redis that can break connections in the middle of an answer. */
export function createCutOff({ onTestFinished }: TestContext) {
  const sockets = new Set<Socket>()
  /** How many answers each connection still passes on before it breaks. */
  let left = new Map<Socket, number>()
  let redisPort = 0

  const server = createServer({ noDelay: true }, (socket) => {
    const upstream = connect({ port: redisPort, host: '127.0.0.1', noDelay: true })
    const end = () => {
      socket.destroy()
      upstream.destroy()
      sockets.delete(socket)
    }
    sockets.add(socket)
    for (const side of [socket, upstream]) side.on('error', end).on('close', end)
    socket.pipe(upstream)
    upstream.on('data', (answer) => {
      const answers = left.get(socket)
      if (answers !== 0) {
        if (answers !== undefined) left.set(socket, answers - 1)
        socket.write(answer)
        return
      }
      left.delete(socket)
      socket.write(answer.subarray(0, answer.length / 2), end)
    })
  })

  return {
    /** Starts the proxy for the Redis on `port`. */
    listen: async (port: number) => {
      redisPort = port
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      onTestFinished(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
      return { port: (server.address() as AddressInfo).port }
    },
    /** Lets each connection pass on `answers` whole answers, and then breaks it in the middle of the next answer. */
    cutAfter: (answers: number) => {
      left = new Map([...sockets].map((socket) => [socket, answers]))
    },
  }
}
