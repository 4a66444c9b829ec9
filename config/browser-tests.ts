import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { requireChromium } from './chromium.ts'

const inBrowser = 'test/browser/**/*.test.ts'

/** Two projects: one for the tests in `test/browser`, which open a browser, and one for all others. */
export const withBrowserTests: ViteUserConfig = defineConfig({
  test: {
    projects: [
      // Bun and Deno run this one too.
      { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], exclude: [inBrowser] } },
      ...(requireChromium() ? [{ extends: true as const, test: { name: 'chromium', include: [inBrowser] } }] : []),
    ],
  },
})
