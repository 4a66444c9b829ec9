import type { TokenState } from '../life/state.ts'
import type { Life } from '../life/token-cache.ts'
import { isPending, joinPending, withTimeout } from '../wait.ts'

/** Resolves when no call waits for a token, no renewal is running, and each token is stored, or given up. */
export async function idle(life: Life): Promise<void> {
  const { latest } = life
  await latest?.catch(() => {})
  if (life.state) {
    await whenSettled(life.state)
    await life.state.unsaved?.finish()
  }
  if (life.latest !== latest) await idle(life)
}

/**
 * Resolves when no renewal is running, and no lock is held to write a token again. A token that still could not be
 * written is left to later calls.
 */
export async function whenReleased(state: TokenState): Promise<void> {
  await whenSettled(state)
  await state.unsaved?.held
}

/** Resolves when no renewal, no sign-in and no log-out is running. */
export async function whenSettled(state: TokenState): Promise<void> {
  const work = [state.pending, state.redeeming].find(isPending)
  if (work) {
    await joinPending<unknown>(work, async () => {}).catch(() => {})
    if (work !== state.pending) return whenSettled(state)
  }
  // A sign-in or a log-out may be writing. On Workers, a write of another request may never settle.
  if (state.writing) await withTimeout<unknown>(state.writing, 2000, () => {})
}
