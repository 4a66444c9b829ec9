/** Reads at most `maxBytes` of a body as UTF-8, without its byte order mark. `cut` is `true` if the body was longer. */
export async function readText(response: Response, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  const reader = response.body?.getReader()
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each read follows the one before
    const chunk = await reader?.read()
    if (!chunk || chunk.done) return { text: text + decoder.decode(), cut: false }
    text += decoder.decode(chunk.value.subarray(0, left), { stream: true })
    left -= chunk.value.byteLength
    if (left < 0) {
      // The rest is not needed, so it does not matter if it cannot be cancelled.
      reader?.cancel().catch(() => {})
      return { text, cut: true }
    }
  }
}
