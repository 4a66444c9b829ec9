import { spellingsOf } from '../spellings.ts'

/** Removes secrets from a text. */
export type Redact = (text: string) => string

const mark = '[redacted]'

/** Stands for the mark until the end, so that a secret such as `redacted` is not found in it. */
const hole = '\0'

/** Only the start of a text is ever shown, so the rest is cut off. */
const maxLength = 4000

/** A server can repeat only a part of a secret. So many characters in a row are enough to recognise it. */
const partLength = 8

/** A shorter secret is only removed if it stands alone, because other words can hold it. */
const minLength = 4

/**
 * Makes a function that removes secrets from a text. It ignores `undefined`, and cuts the text to 4,000 characters.
 *
 * Servers repeat secrets in other spellings, such as percent-encoded or in base64, or only a part of them. If one is found
 * in that way, its whole word is removed, or the whole text if the secret has spaces.
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
  const hasPart = partFinder(known.map(fold))
  const isIn = (text: string) => spellingsOf(text).some((one) => hasPart(fold(one)))

  return (text) => {
    let rest = known.reduce(removeWhole, text.slice(0, maxLength))
    if (isIn(rest)) rest = rest.replaceAll(/\S+/g, (word) => (isIn(word) ? hole : word))
    if (isIn(rest)) rest = hole
    return rest.replaceAll(hole, mark)
  }
}

/** Removes each copy of a secret that is spelled as it is. */
function removeWhole(text: string, secret: string): string {
  if (secret.length >= minLength) return text.replaceAll(secret, hole)
  return text.replaceAll(/[\dA-Za-z]+|[^\dA-Za-z\s]+/g, (word) => (word === secret ? hole : word))
}

/**
 * Replaces each run of characters that are not printable ASCII by one character. They can arrive in another encoding, in
 * which they have other lengths.
 */
const fold = (text: string) => text.replaceAll(/[^\x20-\x7E]+/g, '\u0001')

/** Makes a check whether a text has a secret, or eight characters of a secret in a row. */
function partFinder(secrets: readonly string[]): (text: string) => boolean {
  const parts = new Map<number, Set<string>>()
  for (const secret of secrets) {
    const length = Math.min(secret.length, partLength)
    if (length < minLength) continue
    const known = parts.get(length) ?? new Set()
    parts.set(length, known)
    for (let at = 0; at + length <= secret.length; at += 1) known.add(secret.slice(at, at + length))
  }
  return (text) => {
    for (const [length, known] of parts) {
      for (let at = 0; at + length <= text.length; at += 1) if (known.has(text.slice(at, at + length))) return true
    }
    return false
  }
}
