import { base64url, type JWTPayload } from 'jose'
import type { SigningAlgorithm } from './algorithms.ts'
import type { SignerOptions } from './create-signer.ts'
import { toJwsSignature } from './jws-signature.ts'

/** Makes a JWS in its compact form, by a signature from elsewhere. See RFC 7515 §3.1. */
export async function signElsewhere(
  header: { readonly alg: SigningAlgorithm },
  claims: JWTPayload,
  sign: NonNullable<SignerOptions['sign']>,
): Promise<string> {
  const text = [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')
  const signature = await sign(new TextEncoder().encode(text))
  return `${text}.${base64url.encode(toJwsSignature(signature, header.alg))}`
}
