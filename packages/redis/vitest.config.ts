import { defineProject, mergeConfig } from 'vitest/config'
import { isNode, shared } from '../../config/vitest.ts'

/** These tests start and stop other processes, some of them on Bun and Deno. It is enough to run them on Node. */
const processes = isNode ? [] : ['test/{fleet,signals}/**']

/**
 * Each case starts several processes. The long run measures how long each case takes, so nothing else runs at the same
 * time.
 */
const maxConcurrency = process.env['LONG_TESTS'] === 'yes' ? 1 : 3

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: 'redis',
      // These tests stop and freeze processes. A process for each file keeps what is left of one from the next.
      isolate: true,
      include: ['test/**/*.test.ts'],
      exclude: processes,
      globalSetup: ['./test/fleet/bundle-instance.ts'],
      maxConcurrency,
    },
  }),
)
