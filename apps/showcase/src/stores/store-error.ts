/** The error of a store that failed, or did not answer in time. The message is for the log. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
