import { onTestFinished, vi } from 'vitest'

const now = Date.now

let passed = 0

/** Moves the client's clock forward until the end of the test. The server's clock does not change. */
export function passSeconds(seconds: number): void {
  passed += seconds * 1000
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + passed)
  onTestFinished(() => {
    passed = 0
    spy.mockRestore()
  })
}
