import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'vitest'

/** Stands before a Redis, and can break its connections off in the middle of an answer. */
export function createCutOff({ onTestFinished }: TestContext) {
  const sockets = new Set<Socket>()
  /** How many answers each connection lets through before it breaks, by connection. */
  let left = new Map<Socket, number>()
  let redisPort = 0

  const server = createServer((socket) => {
    const upstream = connect(redisPort, '127.0.0.1')
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
    /** Starts it before the Redis on a port. */
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
    /** From now on each connection breaks in the middle of an answer, once, after so many whole ones. */
    cutAfter: (answers: number) => {
      left = new Map([...sockets].map((socket) => [socket, answers]))
    },
  }
}
