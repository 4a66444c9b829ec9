import { defineConfig, mergeConfig } from 'vitest/config'
import { withBrowserTests } from '../config/browser-tests.ts'
import { isNode, shared } from '../config/vitest.ts'

/** On Bun and Deno, the code of the pages runs. What reads the pages, or starts other programs, runs on Node only. */
const exclude = isNode ? [] : ['test/!(break-it|examples|keyv|migrations|observability|other-clients|why).test.ts']

export default mergeConfig(
  mergeConfig(shared, withBrowserTests),
  defineConfig({
    test: {
      name: 'docs',
      globalSetup: ['./setup.ts'],
      exclude,
      // Examples register metrics and listeners in the process, where the tests of other files would find them.
      isolate: true,
    },
  }),
)
