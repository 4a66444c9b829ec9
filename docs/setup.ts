import type { TestProject } from 'vitest/node'
import { startRedis } from '../config/start-redis.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with that of vitest
  export interface ProvidedContext {
    /** The URL of the Redis that the examples use. */
    readonly redisUrl: string
  }
}

/**
 * Starts a Redis for the examples, and stops it after all tests.
 *
 * The clients of the examples stay open. If their Redis went away before their process, they would log that. On Deno, such
 * a late log fails because the process is already cut off, which logs again, without an end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis()
  project.provide('redisUrl', redis.url)
  return redis.stop
}
