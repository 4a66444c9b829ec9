type Decode = (text: string) => string

/** How many layers of encoding are decoded, such as JSON in a form in base64. */
const maxLayers = 3

/** Returns a text, and the texts that it can be read as: decoded from URLs, forms, JSON, HTML, base64 and hex. */
export function spellingsOf(text: string): readonly string[] {
  const found = new Set([text])
  let layer = [text]
  for (let number = 0; number < maxLayers; number += 1) {
    layer = layer.flatMap((one) => decoders.map((decode) => decode(one))).filter((one) => !found.has(one))
    for (const one of layer) found.add(one)
  }
  return [...found]
}

const percent: Decode = (text) =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => textOf(bytesOfHex(run.replaceAll('%', ''))))

const form: Decode = (text) => percent(text.replaceAll('+', ' '))

const json: Decode = (text) =>
  text.replaceAll(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gis, (_, long?: string, short?: string, char = '') =>
    (long ?? short) === undefined
      ? (escapes[char] ?? char)
      : String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
  )

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

const html: Decode = (text) =>
  text.replaceAll(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(\w{2,6}));?/gi, (all, decimal?: string, hex?: string, name = '') =>
    (decimal ?? hex) === undefined
      ? (entities[name.toLowerCase()] ?? all)
      : String.fromCodePoint(Math.min(Number.parseInt(decimal ?? hex ?? '', decimal ? 10 : 16), 0x10_ff_ff)),
  )

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const base64: Decode = (text) =>
  text.replaceAll(/[\w+/-]{8,}={0,2}/g, (run) => textOf(bytesOfBase64(run.replaceAll('-', '+').replaceAll('_', '/'))))

const hexadecimal: Decode = (text) => text.replaceAll(/(?:[0-9a-f]{2}){6,}/gi, (run) => textOf(bytesOfHex(run)))

const decoders: readonly Decode[] = [percent, form, json, html, base64, hexadecimal]

const bytesOfHex = (digits: string) => (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))

/** Decodes as many whole bytes as a run has. It need not be complete. */
function bytesOfBase64(run: string): readonly number[] {
  const digits = run.replaceAll('=', '')
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits
  return Array.from(atob(whole), (char) => char.charCodeAt(0))
}

/** Reads bytes as UTF-8. If they are not UTF-8, each byte is one character. */
function textOf(bytes: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes))
  return text.includes('\uFFFD') ? String.fromCharCode(...bytes) : text
}
