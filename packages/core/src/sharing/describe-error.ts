/** Describes an error in a few words: its message, and the code or message of its cause. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  const { message, cause } = error
  return cause instanceof Error ? `${message}: ${'code' in cause ? String(cause.code) : cause.message}` : message
}
