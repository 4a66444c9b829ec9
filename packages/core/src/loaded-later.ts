/**
 * The part of core that not every source needs: for stores, for refresh tokens, after a disturbance, and before the
 * process stops. A source loads it with `import()` when it first needs it.
 *
 * It is one part and not several, because bundlers then keep the first part small.
 */
export { describeFailure } from './endpoint/describe-failure.ts'
export { bridge } from './recovery/bridge.ts'
export { idle, whenIdle } from './recovery/idle.ts'
export { renewInMemory } from './recovery/renew-in-memory.ts'
export { revokeNeedless } from './recovery/revoke-needless.ts'
export { isAboutToken } from './request/rejection.ts'
export { createSharedCache } from './sharing/shared-cache.ts'
