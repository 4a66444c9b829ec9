// What a store needs is loaded lazily, in real time, which tests with a clock of their own do not wait for.
export * from './src/sharing/shared-cache.ts'
