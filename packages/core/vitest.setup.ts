import { configureGlobal } from 'fast-check'

// Loads in advance what core loads later. A lazy load takes real time, and tests with a fake clock do not wait for it.
export * from './src/loaded-after-failure.ts'
export * from './src/loaded-after-rejection.ts'
export * from './src/loaded-later.ts'

// Random tests have the same inputs in each run: what makes one fail is then the change that was made. `test:random` has
// others. For one of these runs again, set SEED to the seed that fast-check printed.
configureGlobal({ seed: Number(process.env['SEED'] ?? 1) })
