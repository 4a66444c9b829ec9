import { spellingsOf } from './spellings.ts'

/** Removes secrets from a text. */
export type Redact = (text: string) => string

const mark = '[redacted]'

/** Only the start of a text is ever shown, so the rest is cut off. */
const maxLength = 4000

/** A server can cut a secret off. So many of its first characters are enough to know it. */
const startLength = 8

/** A shorter secret is only searched as it is: in other spellings, chance would find it. */
const minLength = 6

/**
 * Makes a function that removes secrets from a text. It ignores `undefined`, and cuts the text to 4,000 characters.
 *
 * Servers repeat secrets in other spellings, such as percent-encoded or in base64, or only their start. If one is found in
 * that way, its whole word is removed, or the whole text if the secret has spaces.
 *
 * @example
 * ```ts
 * import { createRedactor } from '@oauthkit/core/plugin'
 *
 * const redact = createRedactor(['s3cret'])
 * console.log(redact('the secret s3cret is wrong')) // the secret [redacted] is wrong
 * ```
 */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets
    .filter((secret): secret is string => secret !== undefined && secret !== '')
    .toSorted((a, b) => b.length - a.length)
  const starts = known.filter(({ length }) => length >= minLength).map((secret) => secret.slice(0, startLength))
  const isIn = (text: string) => spellingsOf(text).some((one) => starts.some((start) => one.includes(start)))

  return (text) => {
    const cleared = known.reduce(removeSecret, text.slice(0, maxLength))
    if (!isIn(cleared)) return cleared
    const words = cleared.replaceAll(/\S+/g, (word) => (isIn(word) ? mark : word))
    return isIn(words) ? mark : words
  }
}

/** Removes each copy of a secret, even if it is cut off. */
function removeSecret(text: string, secret: string): string {
  let rest = text.replaceAll(secret, mark)
  if (secret.length <= startLength) return rest
  const start = secret.slice(0, startLength)
  for (let at = rest.indexOf(start); at >= 0; at = rest.indexOf(start)) {
    let end = at + startLength
    while (end - at < secret.length && rest[end] === secret[end - at]) end += 1
    rest = rest.slice(0, at) + mark + rest.slice(end)
  }
  return rest
}
