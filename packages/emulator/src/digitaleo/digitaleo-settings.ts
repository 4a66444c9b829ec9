/** What only Digitaleo lets its users set. */
export type DigitaleoSettings = {
  /**
   * How long the next tokens are, in characters: from 500 to the documented 50,000; others are a `RangeError`.
   *
   * @defaultValue 800
   */
  tokenLength: number
  /**
   * How long the `Authorization` header of an API call may be, in bytes; a longer one meets a 400 with a page of HTML, as
   * from a proxy in front of the API.
   *
   * @defaultValue Infinity
   */
  maxHeaderBytes: number
}

/** A header, a signature, and room for a payload. */
const SHORTEST = 500

const LONGEST = 50_000

/** Makes the settings as they are at the start. */
export function createDigitaleoSettings(): DigitaleoSettings {
  let tokenLength = 800
  return {
    get tokenLength() {
      return tokenLength
    },
    set tokenLength(characters) {
      if (!Number.isInteger(characters) || characters < SHORTEST || characters > LONGEST) {
        throw new RangeError(`A token must have from ${SHORTEST} to ${LONGEST} characters, not ${characters}`)
      }
      tokenLength = characters
    },
    maxHeaderBytes: Number.POSITIVE_INFINITY,
  }
}
