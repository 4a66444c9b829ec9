import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

export default mergeConfig(shared, defineProject({ test: { name: 'demo', include: ['test/**/*.test.ts'] } }))
