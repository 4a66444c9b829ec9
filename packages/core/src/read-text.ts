/** The body of a response. Some custom `fetch` have a stream of Node.js instead of a web stream, and some have none. */
type Body = Partial<ReadableStream<Uint8Array> & { destroy(): void }> | null | undefined

/**
 * Reads at most `maxBytes` of a body as UTF-8, without its byte order mark. `cut` is `true` if the body was longer.
 *
 * It uses only what the response of every `fetch` has. If the body is no stream, it calls `text()`.
 *
 * @param ended - when this promise is fulfilled, the rest of the body is cancelled.
 * @example
 * ```ts
 * import { readText } from '@oauthkit/core/plugin'
 *
 * const { text, cut } = await readText(new Response('a long answer'), 6)
 * console.log(text, cut) // a long true
 * ```
 */
export async function readText(
  response: Response,
  maxBytes: number,
  ended?: Promise<void>,
): Promise<{
  /** What was read. */
  text: string
  /** Whether the body was longer. */
  cut: boolean
}> {
  const body: Body = response.body
  const reader = body?.getReader?.()
  // Not every platform can iterate over its own web streams.
  const chunks = (
    reader
      ? { [Symbol.asyncIterator]: () => ({ next: () => reader.read() }) }
      : body?.[Symbol.asyncIterator]
        ? body
        : [new TextEncoder().encode(await response.text())]
  ) as AsyncIterable<Uint8Array | ArrayBuffer | string>
  const cancel = () => discard(reader ?? body)
  void ended?.then(cancel)
  const decoder = new TextDecoder()
  let left = maxBytes
  let text = ''
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : new Uint8Array(chunk)
    text += decoder.decode(bytes.subarray(0, left), { stream: true })
    left -= bytes.byteLength
    if (left < 0) break
  }
  cancel()
  return { text: text + decoder.decode(), cut: left < 0 }
}

/**
 * Cancels a body that is not needed, which frees its connection. It does not matter if that fails.
 *
 * It does not wait. If the body has a copy, the promise of its cancellation settles only after that of the copy.
 */
export const discard = (body: Pick<NonNullable<Body>, 'cancel' | 'destroy'> | null | undefined): void => {
  void (body?.cancel?.().catch(() => {}) ?? body?.destroy?.())
}
