import { readFile } from 'node:fs/promises'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, mergeConfig, type TestProjectConfiguration } from 'vitest/config'
import { isNode, shared } from '../../config/vitest.ts'
import { requireChromium, type LaunchOptions } from '../../config/chromium.ts'

/** The tests that start a Worker or a browser, and call it from outside. */
const callers = ['test/workers.test.ts', 'test/login-in-browser.test.ts']

/** The tests of what runs on servers only. A page can neither send nor set cookies. */
const ofServers = ['test/login-handler.test.ts', 'test/login-handler-attacks.test.ts']

const setupFiles = ['../../config/load-late-code.ts']

const chromium = requireChromium()

export default mergeConfig(
  shared,
  defineConfig({
    // Vitest runs the setup in a separate environment. The setup, too, must use the emulator's source code.
    environments: { __vitest__: { resolve: { conditions: ['@oauthkit/source'] } } },
    test: {
      include: ['test/**/*.test.ts'],
      globalSetup: ['./setup.ts'],
      projects: [
        // Bun and Deno run this project too, with their own commands.
        { extends: true, test: { name: 'node', exclude: isNode ? [] : callers } },
        {
          extends: true,
          test: { name: 'workerd', exclude: callers, setupFiles },
          plugins: [
            // The source map of `oauth4webapi` names a file that is not published. Vite would warn about it.
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
      setupFiles,
      exclude: [...callers, ...ofServers],
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
