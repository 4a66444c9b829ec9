import type { TestContext } from 'vitest'
import { startRedis } from '../../../../config/start-redis.ts'
import { startProgram, type Runtime, type Settings } from './start-program.ts'
import { startTokenServer } from './start-token-server.ts'

/** The options of {@link startSignedIn}. */
export type SignedInOptions = {
  readonly runtime: Runtime
  /** Whether the user's token is in a Redis. Otherwise it is in memory only. */
  readonly isStored: boolean
  readonly timeoutMs?: number
}

/** Starts a program whose user has just signed in. Everything that is started ends with the test. */
export async function startSignedIn({ onTestFinished }: TestContext, options: SignedInOptions) {
  const { runtime, isStored, timeoutMs } = options
  const server = await startTokenServer()
  onTestFinished(server.close)
  const redis = isStored ? await startRedis() : undefined
  if (redis) onTestFinished(redis.stop)
  const settings: Settings = { serverUrl: server.url, redisUrl: redis?.url, timeoutMs }
  const start = async (own: Settings) => {
    const program = await startProgram(runtime, own)
    onTestFinished(program.end)
    return program
  }
  const program = await start({ ...settings, refreshToken: 'refresh-1' })
  return {
    server,
    program,
    /** Starts another process, which finds the token in Redis. It has no short time limit. */
    startNext: () => start({ ...settings, timeoutMs: undefined }),
  }
}
