/**
 * Describes an error in a few words: its message, and the code or message of its cause. Anything can be thrown, so only
 * texts count, and what cannot be read is an unknown reason.
 */
export function describeError(error: unknown): string {
  try {
    const { cause } = Object(error) as Error
    const { code } = Object(cause) as { code?: unknown }
    const words = [messageOf(error), isText(code) ? code : messageOf(cause)]
    return words.filter(isText).join(': ') || unknownReason
  } catch {
    // A getter or a proxy can throw.
    return unknownReason
  }
}

const unknownReason = 'unknown reason'

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** Returns a text, or the message of an error. That of a `SyntaxError` quotes the text that cannot be parsed. */
function messageOf(error: unknown): unknown {
  if (isText(error)) return error
  return error instanceof SyntaxError ? 'the entry cannot be parsed' : error instanceof Error && error.message
}
