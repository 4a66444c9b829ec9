import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

// Bun cannot open a database: it has no `Deno.openKv`, and the package @deno/kv refuses Bun by default.
const include = 'bun' in process.versions ? [] : ['test/**/*.test.ts']

export default mergeConfig(shared, defineProject({ test: { name: 'deno-kv', include } }))
