import type { TokenState } from '../life/state.ts'
import { withTimeout } from '../wait.ts'

/** Writes after what is being written: a store need not keep the order of what it is asked at the same time. */
export function inTurn<T>(state: TokenState, write: () => Promise<T>): Promise<T> {
  const turn = state.writing ? withTimeout(state.writing, 1000, () => {}).then(write) : write()
  state.writing = turn.catch(() => {})
  return turn
}
