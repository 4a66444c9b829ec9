import type { Outcome, Settings } from './create-call.ts'

declare global {
  /** The settings that the loader of a program sets. */
  var settings: Settings
  /** The function that a program provides: it makes one call. */
  var call: () => Promise<Outcome & { readonly stored?: number }>
}
