import type { TokenState } from '../life/state.ts'
import { withTimeout } from '../wait.ts'

/**
 * Waits for the running write, at most a second, and then writes. A store need not keep the order of simultaneous
 * writes.
 */
export function inTurn<T>(state: TokenState, write: () => Promise<T>): Promise<T> {
  const turn = state.writing ? withTimeout(state.writing, 1000, () => {}).then(write) : write()
  state.writing = turn.catch(() => {})
  return turn
}
