import type { TokenState } from '../life/state.ts'
import type { SourceData } from '../life/token-cache.ts'
import { isPending, joinPending, withTimeout } from '../wait.ts'

/** Resolves when no call waits for a token, no renewal is running, and each token is stored, or given up. */
export async function idle(source: SourceData): Promise<void> {
  const { latest } = source
  await latest?.catch(() => {})
  if (source.state) {
    await whenSettled(source.state)
    await source.state.unsaved?.finish()
  }
  if (source.latest && source.latest !== latest) await idle(source)
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
