import { configDefaults, defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

/** The fleet tests stop and kill processes of Node, so they run only on Node. */
const fleet = 'bun' in process.versions || 'deno' in process.versions ? ['test/fleet/**'] : []

/** The long run measures how long each case takes, so nothing else runs at the same time. */
const maxConcurrency = process.env['LONG_TESTS'] === 'yes' ? 1 : configDefaults.maxConcurrency

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: 'redis',
      include: ['test/**/*.test.ts'],
      exclude: [...configDefaults.exclude, ...fleet],
      maxConcurrency,
    },
  }),
)
