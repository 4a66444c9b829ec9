import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that no build comes before a test. */
const conditions = ['@oauthkit/source']

/** What the tests of every package share. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Half of the tests wait for a server, a browser or another process; by default one core would be left alone.
  test: { maxWorkers: '100%' },
})
