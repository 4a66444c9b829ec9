import { defineConfig, mergeConfig } from 'vitest/config'
import { shared } from '../config/vitest.ts'
import { findChromium } from '../packages/conformance/chromium.ts'

const inBrowser = 'test/browser/**/*.test.ts'

const hasChromium = findChromium() !== undefined
if (!hasChromium) {
  const message = 'Chromium is missing: install it, or set CHROMIUM to the path of a Chromium or Chrome'
  if (process.env['CI']) throw new Error(message)
  console.warn(`${message}. The browser tests do not run.`)
}

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      name: 'docs',
      projects: [
        // Bun and Deno run this one too.
        { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], exclude: [inBrowser] } },
        ...(hasChromium ? [{ extends: true as const, test: { name: 'chromium', include: [inBrowser] } }] : []),
      ],
    },
  }),
)
