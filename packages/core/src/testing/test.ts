/**
 * A function that registers a test: the `test` or `it` of Vitest, Jest, Mocha, `node:test`, `bun:test`, or `Deno.test`.
 *
 * The check has no parameters, and rejects with an `Error` that describes the failure.
 */
export type Test = (name: string, check: () => Promise<void>) => unknown
