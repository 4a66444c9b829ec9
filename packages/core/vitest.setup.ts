// Loads the code for stores in advance. The lazy load takes real time, and tests with a fake clock do not wait for it.
export * from './src/sharing/shared-cache.ts'
