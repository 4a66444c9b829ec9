import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: 'core',
      include: ['test/**/*.test.ts'],
      setupFiles: ['./vitest.setup.ts'],
      typecheck: { enabled: true },
    },
  }),
)
