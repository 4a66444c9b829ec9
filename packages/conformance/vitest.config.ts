import { readFile } from 'node:fs/promises'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, mergeConfig, type TestProjectConfiguration } from 'vitest/config'
import { shared } from '../../config/vitest.ts'
import { findChromium, type LaunchOptions } from './chromium.ts'

/** These start a Worker or a browser, and call it from outside. */
const callers = ['test/workers.test.ts', 'test/login-in-browser.test.ts']

const chromium = findChromium()
if (chromium === undefined) {
  const message = 'Chromium is missing: install it, or set CHROMIUM to the path of a Chromium or Chrome'
  if (process.env['CI']) throw new Error(message)
  console.warn(`${message}. The browser tests do not run.`)
}

export default mergeConfig(
  shared,
  defineConfig({
    // The setup, too, is to start the emulator's sources; vitest runs it in an environment of its own.
    environments: { __vitest__: { resolve: { conditions: ['@oauthkit/source'] } } },
    test: {
      include: ['test/**/*.test.ts'],
      globalSetup: ['./setup.ts'],
      projects: [
        // Bun and Deno run this one too, by commands of their own.
        { extends: true, test: { name: 'node' } },
        {
          extends: true,
          test: { name: 'workerd', exclude: callers },
          plugins: [
            // Its source map leads to a file that is not published, which vite would complain of.
            { name: 'no-map', load: (id) => (id.includes('/oauth4webapi/') ? readFile(id, 'utf8') : undefined) },
            cloudflareTest({ miniflare: { compatibilityDate: '2026-07-01', compatibilityFlags: ['nodejs_compat'] } }),
          ],
        },
        ...(chromium === undefined ? [] : [browser(chromium)]),
      ],
    },
  }),
)

function browser(launchOptions: LaunchOptions): TestProjectConfiguration {
  return {
    extends: true,
    test: {
      name: 'chromium',
      exclude: callers,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}
