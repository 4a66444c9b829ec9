// Loads in advance what core loads later. A lazy load takes real time, and tests with a fake clock do not wait for it.
export * from './src/loaded-after-failure.ts'
export * from './src/loaded-after-rejection.ts'
export * from './src/loaded-later.ts'
