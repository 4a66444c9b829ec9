import { onTestFinished, vi } from 'vitest'

const now = Date.now

let passed = 0

/** Lets time pass until the end of the test, for the client alone. */
export function passSeconds(seconds: number): void {
  passed += seconds * 1000
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => now() + passed)
  onTestFinished(() => {
    passed = 0
    spy.mockRestore()
  })
}
