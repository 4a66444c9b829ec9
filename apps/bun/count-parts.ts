// The characters of the GSM alphabet (3GPP TS 23.038, 6.2.1). A text with any other character is sent in UCS-2. A
// character of the second set counts as two.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('^{}\\[~]|€')

/** Counts the parts in which a text is sent. A single part has 160 characters of the GSM alphabet, or 70 in UCS-2. */
export function countParts(text: string): number {
  const characters = Array.from(text)
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character))
  const length = isGsm ? characters.reduce((sum, one) => sum + (extension.has(one) ? 2 : 1), 0) : text.length
  const [alone, together] = isGsm ? [160, 153] : [70, 67]
  return length <= alone ? 1 : Math.ceil(length / together)
}
