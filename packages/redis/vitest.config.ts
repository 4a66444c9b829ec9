import { configDefaults, defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

/** The fleet tests stop and kill processes of Node, so they run only on Node. */
const fleet = 'bun' in process.versions || 'deno' in process.versions ? ['test/fleet/**'] : []

export default mergeConfig(
  shared,
  defineProject({
    test: { name: 'redis', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...fleet] },
  }),
)
