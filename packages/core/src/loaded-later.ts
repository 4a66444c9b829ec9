/**
 * The part of core that not every source needs: for stores, refresh tokens and rejected tokens, for `setToken`, `clear` and
 * `idle`, and for `singleUse`, `tokenRequest` and `waitUntil`. A source loads it with `import()` when it first needs it.
 *
 * It is one part and not several, because bundlers then keep the first part small. What is needed after a failure, or
 * after a rejected call, are two other parts: `loaded-after-failure.ts` and `loaded-after-rejection.ts`.
 */
export { shapeRequest } from './endpoint/shape-request.ts'
export { clear } from './recovery/clear.ts'
export { idle, whenReleased } from './recovery/idle.ts'
export { requestForOneCall } from './recovery/request-for-one-call.ts'
export { renewInMemory } from './recovery/renew-in-memory.ts'
export { renewRejected } from './recovery/renew-rejected.ts'
export { revokeNeedless } from './recovery/revoke-needless.ts'
export { setToken } from './recovery/set-token.ts'
export { createSharedCache } from './sharing/shared-cache.ts'
