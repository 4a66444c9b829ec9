import type * as AfterRejection from './loaded-after-rejection.ts'

/** Loads the code that is needed only after an unusual response of an API. Returns `undefined` if it cannot be loaded. */
export const loadAfterRejection = (): Promise<typeof AfterRejection | undefined> =>
  import('./loaded-after-rejection.ts').catch(() => undefined)
