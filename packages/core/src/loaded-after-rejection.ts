/**
 * The part of core that is needed only after an unusual response of an API: one that rejects a token, or a 401 of a call
 * that had none. It is loaded with `import()` then.
 */
export { explain } from './request/explain.ts'
export { handleUnusual } from './request/handle-unusual.ts'
export { meansRejectedToken } from './request/rejection.ts'
