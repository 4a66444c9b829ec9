/** Reads the JSON object that a text holds; `undefined` if it holds anything else. */
export function readJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Not JSON: for the caller that is one case with JSON of another shape.
  }
  return undefined
}
