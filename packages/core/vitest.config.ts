import { defineProject, mergeConfig } from 'vitest/config'
import { isNode, shared } from '../../config/vitest.ts'

export default mergeConfig(
  shared,
  defineProject({
    test: {
      name: 'core',
      include: ['test/**/*.test.ts'],
      setupFiles: ['./vitest.setup.ts'],
      // The types are the same on all runtimes.
      typecheck: { enabled: isNode },
    },
  }),
)
