/** A store that failed, or did not answer in time; the message is for the log. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
