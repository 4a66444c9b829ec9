import { defineConfig } from 'vitest/config'

const report = process.env['REPORT']

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'apps/*/vitest.config.ts', 'docs/vitest.config.ts'],
    reporters: report ? ['default', ['json', { outputFile: `reports/vitest-${report}.json` }]] : ['default'],
    coverage: {
      provider: 'v8',
      // Matched against each project's root, hence no leading packages/*.
      include: ['**/src/**/*.ts'],
      exclude: ['apps/**'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      thresholds: { lines: 95, functions: 95, branches: 90, statements: 95 },
    },
  },
})
