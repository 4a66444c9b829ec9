// Loads the code that core loads when it is first needed. In a Worker and in a browser, each file of it comes from the
// server of the tests. On a busy machine, that can take longer than a renewal may take.
await Promise.all([
  import('../packages/core/src/loaded-after-failure.ts'),
  import('../packages/core/src/loaded-after-rejection.ts'),
  import('../packages/core/src/loaded-later.ts'),
])
