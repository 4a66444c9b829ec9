import type * as AfterRejection from './loaded-after-rejection.ts'

/**
 * Loads the code for unusual responses of an API, and for sources that add headers. Returns `undefined` if it cannot be
 * loaded.
 */
export const loadAfterRejection = (): Promise<typeof AfterRejection | undefined> =>
  import('./loaded-after-rejection.ts').catch(() => undefined)
