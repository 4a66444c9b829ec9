import type { Test } from '../../src/testing/index.ts'

/** Runs a suite as a test runner does, and returns the name and the message of each test that fails. */
export async function failuresOf(suite: (test: Test) => void): Promise<Record<string, string>> {
  const tests: Parameters<Test>[] = []
  suite((...parameters) => tests.push(parameters))
  const failures: Record<string, string> = {}
  for (const [name, check] of tests) {
    try {
      await check()
    } catch (error) {
      failures[name] = (error as Error).message
    }
  }
  return failures
}
