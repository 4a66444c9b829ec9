import { defineConfig, mergeConfig } from 'vitest/config'
import { withBrowserTests } from '../config/browser-tests.ts'
import { shared } from '../config/vitest.ts'

export default mergeConfig(
  mergeConfig(shared, withBrowserTests),
  defineConfig({ test: { name: 'docs', globalSetup: ['./setup.ts'] } }),
)
