// Runs all cases in packages/redis/test/fleet that break something, also those that take long. Writes their results to
// the table in packages/redis/README.md. With --check, it compares them with that table, and writes nothing.
import { spawnSync } from 'node:child_process'

const mode = process.argv.includes('--check') ? 'check' : 'write'
const reporter = './packages/redis/test/fleet/fault-table.ts'
// One file at a time, because the table says how long each case takes.
const options = ['--no-file-parallelism', '--reporter=default', `--reporter=${reporter}`]
const env = { ...process.env, LONG_TESTS: 'yes', FAULT_TABLE: mode }
const { status } = spawnSync('vitest', ['run', '--project', 'redis', 'faults', ...options], { env, stdio: 'inherit' })
process.exitCode = status ?? 1
