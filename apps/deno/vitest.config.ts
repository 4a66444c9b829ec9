import { defineProject, mergeConfig } from 'vitest/config'
import { shared } from '../../config/vitest.ts'

// The tests run on Node only, because each of them starts the program on Deno.
const { bun, deno } = process.versions
const include = bun || deno ? [] : ['test/**/*.test.ts']

export default mergeConfig(shared, defineProject({ test: { name: 'deno', include } }))
