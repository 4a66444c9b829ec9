/** The media types that a header such as `Accept` or `Content-Type` names, in lower case and without parameters. */
export function mediaTypes(header: string | null): string[] {
  return (header ?? '').split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase())
}
