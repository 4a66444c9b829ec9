import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@oauthkit/source']

/** The settings that the tests of all packages share. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Half of the tests wait for a server, a browser or another process. By default, one core would stay unused.
  test: { maxWorkers: '100%' },
})
