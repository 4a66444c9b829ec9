/** The three forms of a date, all of them in Greenwich Mean Time. */
const forms = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

/**
 * Reads a date of a header, in milliseconds since the epoch. Returns `undefined` for any other text: `Date.parse` alone
 * would read `120.5` as a year.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.7 RFC 9110 §5.6.7}
 */
export function parseHttpDate(text: string): number | undefined {
  const form = forms.findIndex((one) => one.test(text))
  if (form === -1) return undefined
  const instant = Date.parse(form === 2 ? `${text} GMT` : text.replaceAll('-', ' '))
  return Number.isNaN(instant) ? undefined : instant
}

/**
 * Reads a `Retry-After` header: a number of seconds, or a date. Returns milliseconds since the epoch, at most a day from
 * now: more is probably a server's mistake.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3 RFC 9110 §10.2.3}
 */
export function parseRetryAfter(header: string | null): number | undefined {
  const text = header ?? ''
  const instant = /^\d+$/.test(text) ? Date.now() + Number(text) * 1000 : parseHttpDate(text)
  return instant === undefined ? undefined : Math.min(instant, Date.now() + 86_400_000)
}
