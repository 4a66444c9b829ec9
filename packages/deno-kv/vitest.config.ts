import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

// Bun cannot open one: neither Deno nor the package @deno/kv, which says so, is there.
const include = 'bun' in process.versions ? [] : ['test/**/*.test.ts']

export default mergeConfig(shared, defineProject({ test: { name: 'deno-kv', include } }))
