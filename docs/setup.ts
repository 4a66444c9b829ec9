import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startRedis } from '../config/start-redis.ts'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- only an interface merges with that of vitest
  export interface ProvidedContext {
    /** The URL of the Redis that the examples use. */
    readonly redisUrl: string
  }
}

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * For the tests in a browser, builds the site. It is built once: a second build would write the files while they are read.
 *
 * For all others, starts a Redis for the examples, and stops it after all tests.
 *
 * The clients of the examples stay open. If their Redis went away before their process, they would log that. On Deno, such
 * a late log fails because the process is already cut off, which logs again, without an end.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (project.name.includes('chromium')) {
    // In CI, an earlier step has built the site, and this takes a second.
    execFileSync(`${root}node_modules/.bin/turbo`, ['run', 'site:build', '--output-logs=errors-only'], { cwd: root })
    return undefined
  }
  const redis = await startRedis()
  project.provide('redisUrl', redis.url)
  return redis.stop
}
