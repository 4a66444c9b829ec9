/**
 * The part of core that is needed only after a token request has failed: it says why, and bridges a short disturbance. A
 * source loads it with `import()` then, so that only users with a failure pay for its texts.
 */
export { bridge } from './failure/bridge.ts'
export { connectionAdvice } from './failure/describe-lost.ts'
export { describeFailure } from './failure/describe-failure.ts'
