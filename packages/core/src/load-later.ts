import type * as Later from './loaded-later.ts'

/** The code that is loaded later. */
export type LoadedLater = typeof Later

/** Loads the code that is needed only after a disturbance. Returns `undefined` if it cannot be loaded. */
export const loadLater = (): Promise<LoadedLater | undefined> => import('./loaded-later.ts').catch(() => undefined)
