import { defineConfig, mergeConfig } from 'vitest/config'
import { withBrowserTests } from '../config/browser-tests.ts'
import { shared } from '../config/vitest.ts'

export default mergeConfig(
  mergeConfig(shared, withBrowserTests),
  // Examples register metrics and listeners in the process, where the tests of other files would find them.
  defineConfig({ test: { name: 'docs', globalSetup: ['./setup.ts'], isolate: true } }),
)
