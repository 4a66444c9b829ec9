import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: 'installation',
      include: ['test/**/*.test.ts'],
      globalSetup: ['./setup.ts'],
      testTimeout: 900_000,
      hookTimeout: 900_000,
    },
  }),
)
