import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that no build comes before a test. */
const conditions = ['@oauthkit/source']

/** What the tests of every package share. */
export const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
})
