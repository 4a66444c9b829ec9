import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, mergeConfig, type TestProjectConfiguration } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

/** These start a Worker, and call it from outside. */
const callers = ['test/workers.test.ts']

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

function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env
  return (
    CHROMIUM ??
    PATH.split(delimiter)
      .map((folder) => join(folder, 'chromium'))
      .find((file) => existsSync(file))
  )
}

function browser(executablePath: string): TestProjectConfiguration {
  // Chromium shall talk to nobody but the tests; its sandbox does not work for root, as in a container.
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return {
    extends: true,
    test: {
      name: 'chromium',
      exclude: callers,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}
