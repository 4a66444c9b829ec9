/** The settings that only Digitaleo has. */
export type DigitaleoSettings = {
  /**
   * The length of the next tokens, in characters: from 500 to the documented 50,000. Other values throw a `RangeError`.
   *
   * @defaultValue 800
   */
  tokenLength: number
  /**
   * The maximum length of an API call's `Authorization` header, in bytes. A longer one gets 400 with a page of HTML, as
   * from a proxy in front of the API.
   *
   * @defaultValue Infinity
   */
  maxHeaderBytes: number
}

/** Enough for a header, a signature, and a payload. */
const SHORTEST = 500

const LONGEST = 50_000

/** Makes the default settings. */
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
