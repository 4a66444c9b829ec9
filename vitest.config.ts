import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { isNode, shared } from './config/vitest.ts'

const report = process.env['REPORT']

const foldersIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : []

/** These start programs, some of them on Bun and Deno, or do not depend on the runtime. It is enough to run them on Node. */
const onNode = ['packages/explorer', 'packages/frameworks', 'packages/installation', ...foldersIn('apps'), 'benchmarks']

/** The folders that have tests. One whose tests need settings of their own has a vitest.config.ts. */
const projects = [...foldersIn('packages'), ...foldersIn('apps'), 'benchmarks', 'docs']
  .filter((folder) => existsSync(`${folder}/test`) && (isNode || !onNode.includes(folder)))
  .map((root) => {
    const config = `${root}/vitest.config.ts`
    const own = { root, test: { name: basename(root), include: ['test/**/*.test.ts'] } }
    return existsSync(config) ? config : mergeConfig(shared, own)
  })

/** Starts with the files that have a process each: some of them wait for long, and at the end nothing else would run. */
class IsolatedFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer is no array
    const sorted = await super.sort(files)
    const isIsolated = ({ project }: TestSpecification) => project.config.isolate
    return [...sorted.filter(isIsolated), ...sorted.filter((file) => !isIsolated(file))]
  }
}

export default defineConfig({
  test: {
    projects,
    sequence: { sequencer: IsolatedFirst },
    reporters: report ? ['default', ['json', { outputFile: `reports/vitest-${report}.json` }]] : ['default'],
    coverage: {
      provider: 'v8',
      // Matched against each project's root, so without a leading packages/*.
      include: ['**/src/**/*.ts'],
      exclude: ['apps/**', 'packages/explorer/**'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      thresholds: { lines: 95, functions: 95, branches: 90, statements: 95 },
    },
  },
})
