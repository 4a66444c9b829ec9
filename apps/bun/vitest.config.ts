import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

// The program runs on Bun in any case: once is enough.
const { bun, deno } = process.versions
const include = bun || deno ? [] : ['test/**/*.test.ts']

export default mergeConfig(shared, defineProject({ test: { name: 'bun', include } }))
