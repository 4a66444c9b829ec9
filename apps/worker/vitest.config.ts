import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

export default mergeConfig(
  shared,
  defineConfig({
    // The setup runs in its own environment. There, the emulator is imported from its sources too.
    environments: { __vitest__: { resolve: { conditions: ['@oauthkit/source'] } } },
    plugins: [
      cloudflareTest(({ inject }) => ({
        wrangler: { configPath: './wrangler.jsonc' },
        miniflare: {
          // Vitest needs this flag.
          compatibilityFlags: ['nodejs_compat'],
          bindings: {
            ORANGE_URL: `${inject('emulator')}/api.orange.com`,
            ORANGE_CLIENT_ID: 'emulated-client',
            ORANGE_CLIENT_SECRET: 'emulated-secret',
          },
        },
      })),
    ],
    test: { name: 'worker (workerd)', isolate: true, include: ['test/**/*.test.ts'], globalSetup: ['./setup.ts'] },
  }),
)
