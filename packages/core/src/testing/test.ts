/**
 * What registers a test: the `test` or `it` of Vitest, Jest, Mocha, `node:test`, `bun:test`, or `Deno.test`.
 *
 * The check takes nothing, and rejects with an `Error` that says what is wrong.
 */
export type Test = (name: string, check: () => Promise<void>) => unknown
