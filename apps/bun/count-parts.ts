// What a text message may hold without being sent in UCS-2 (3GPP TS 23.038, 6.2.1); the second set counts twice.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('^{}\\[~]|€')

/** Counts the parts in which a text is sent: 160 characters fit into one, 70 if any is not of GSM's alphabet. */
export function countParts(text: string): number {
  const characters = Array.from(text)
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character))
  const length = isGsm ? characters.reduce((sum, one) => sum + (extension.has(one) ? 2 : 1), 0) : text.length
  const [alone, together] = isGsm ? [160, 153] : [70, 67]
  return length <= alone ? 1 : Math.ceil(length / together)
}
