/**
 * The part of core that few calls need: after an unusual response of an API, such as one that rejects a token, and for
 * sources that add headers. It is loaded with `import()` then.
 */
export { explain } from './request/explain.ts'
export { handleUnusual } from './request/handle-unusual.ts'
export { sendWithHeaders } from './request/send-with-headers.ts'
export { meansRejectedToken } from './request/rejection.ts'
