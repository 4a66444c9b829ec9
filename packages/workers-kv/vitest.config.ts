import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

const miniflare = {
  compatibilityDate: '2026-07-01',
  compatibilityFlags: ['nodejs_compat'],
  kvNamespaces: ['TOKENS'],
}

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'node', include: ['test/workers-kv-store.test.ts'] } },
        {
          extends: true,
          test: {
            name: 'workerd',
            isolate: true,
            include: ['test/**/*.test.ts'],
            setupFiles: ['../../config/load-late-code.ts'],
          },
          plugins: [cloudflareTest({ miniflare })],
        },
      ],
    },
  }),
)
