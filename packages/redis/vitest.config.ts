import { configDefaults, defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

/** The fleet is made of processes of Node, which it stops and kills: it runs there, once. */
const fleet = 'bun' in process.versions || 'deno' in process.versions ? ['test/fleet/**'] : []

export default mergeConfig(
  shared,
  defineProject({
    test: { name: 'redis', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...fleet] },
  }),
)
