declare module 'cloudflare:workers' {
  /** Keeps the context of the current request alive until the promise settles. */
  export function waitUntil(promise: Promise<unknown>): void
}
