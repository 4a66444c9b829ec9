import type { SigningAlgorithm } from './algorithms.ts'
import type { SignatureBytes } from './create-signer.ts'

/** How many bytes each of the two numbers of an ECDSA signature has. */
const numberBytes: Partial<Record<SigningAlgorithm, number>> = { ES256: 32, ES384: 48, ES512: 66 }

/**
 * Returns the bytes of a signature as a JWS has them. An ECDSA signature in DER, as most services return it, is converted.
 *
 * @throws `TypeError` if it is no signature of this algorithm. The message shows nothing of it.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518.html#section-3.4 RFC 7518 §3.4}
 */
export function toJwsSignature(signature: unknown, algorithm: SigningAlgorithm): Uint8Array {
  // No `instanceof`: bytes can come from another realm, such as a test environment's.
  const isBytes = /Uint8Array|ArrayBuffer/.test(Object.prototype.toString.call(signature))
  const bytes = isBytes ? new Uint8Array(signature as SignatureBytes) : undefined
  if (!bytes?.length)
    throw new TypeError('sign must return the bytes of a signature, as a Uint8Array or an ArrayBuffer')
  const size = numberBytes[algorithm]
  if (size === undefined || bytes.length === size * 2) return bytes
  const numbers = readDer(bytes)
  if (!numbers || numbers.some((number) => number.length > size))
    throw new TypeError(`sign must return a signature of ${algorithm}: ${size * 2} bytes, or DER`)
  const joined = new Uint8Array(size * 2)
  for (const [index, number] of numbers.entries()) joined.set(number, size * (index + 1) - number.length)
  return joined
}

/** Reads a DER sequence of two numbers, without the zeros that they begin with. */
function readDer(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  // A sequence of more than 127 bytes has its length in the next byte.
  const start = bytes[1] === 0x81 ? 3 : 2
  if (bytes[0] !== 0x30 || bytes[start - 1] !== bytes.length - start) return undefined
  const read = (at: number): Uint8Array | undefined => {
    const end = at + 2 + (bytes[at + 1] ?? 0)
    return bytes[at] === 0x02 && end <= bytes.length ? bytes.subarray(at + 2, end) : undefined
  }
  const first = read(start)
  const second = first && read(start + 2 + first.length)
  if (!second || start + 4 + first.length + second.length !== bytes.length) return undefined
  const trim = (number: Uint8Array) => number.subarray(number.findIndex((byte) => byte !== 0))
  return [trim(first), trim(second)]
}
