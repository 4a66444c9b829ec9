import type { Outcome, Settings } from './create-call.ts'

declare global {
  /** What whoever loads a program tells it. */
  var settings: Settings
  /** What a program offers: a call. */
  var call: () => Promise<Outcome & { readonly stored?: number }>
}
