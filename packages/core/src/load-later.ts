import type * as AfterFailure from './loaded-after-failure.ts'
import type * as Later from './loaded-later.ts'

/** The code that is loaded later. */
export type LoadedLater = typeof Later

/** Loads the code that not every source needs. Returns `undefined` if it cannot be loaded. */
export const loadLater = (): Promise<LoadedLater | undefined> => import('./loaded-later.ts').catch(() => undefined)

/** Loads the code that is needed only after a failure. Returns `undefined` if it cannot be loaded. */
export const loadAfterFailure = (): Promise<typeof AfterFailure | undefined> =>
  import('./loaded-after-failure.ts').catch(() => undefined)
