import { describe, expect, test } from 'vitest'
import { startSignedIn } from './start-signed-in.ts'

describe.concurrent('a process that awaits idle() on SIGTERM', () => {
  test.for(['Node', 'Bun', 'Deno'] as const)(
    'stores the new refresh token if it is stopped during a refresh, on %s',
    async (runtime, context) => {
      const { server, program, startNext } = await startSignedIn(context, { runtime, isStored: true })
      const request = server.holdNext()
      const line = program.getToken()
      await request.arrived
      program.signal('SIGTERM')
      expect(await line).toBe('stopping')
      await request.answer()
      expect(await program.exited).toBe(0)

      const next = await startNext()
      expect(await next.getToken()).toBe('token')
      expect(server.received).toEqual(['refresh-1', 'refresh-2', 'refresh-3'])
    },
  )
})
