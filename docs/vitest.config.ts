import { configDefaults, defineConfig, mergeConfig } from 'vitest/config'
import { withBrowserTests } from '../config/browser-tests.ts'
import { shared } from '../config/vitest.ts'

/** These tests start other programs, and most of these have a runtime of their own. It is enough to start them on Node. */
const programs =
  'bun' in process.versions || 'deno' in process.versions
    ? ['test/{api-reports,jsr,networks,new-provider,testing}.test.ts']
    : []

export default mergeConfig(
  mergeConfig(shared, withBrowserTests),
  defineConfig({
    test: {
      name: 'docs',
      globalSetup: ['./setup.ts'],
      exclude: [...configDefaults.exclude, ...programs],
      // Examples register metrics and listeners in the process, where the tests of other files would find them.
      isolate: true,
    },
  }),
)
