import { base64url, CompactSign, exportSPKI, type JWTPayload } from 'jose'
import type { SigningKey } from './signing-keys.ts'

/** An ID token before it is signed. */
export type IdTokenDraft = {
  /** Its header; `alg` says how it is going to be signed, see {@link SignIdToken}. */
  readonly header: { readonly alg: string; readonly kid?: string; readonly [member: string]: unknown }
  /** Its claims. */
  readonly payload: JWTPayload
}

/**
 * Signs a draft: `RS256` with the key of the emulation, whatever `kid` says; `none` not at all; `HS256` with the PEM of the
 * published key as the secret, without a line break at its end.
 */
export type SignIdToken = (draft: IdTokenDraft) => Promise<string>

/** Makes what signs with a key. */
export function signWith(key: SigningKey): SignIdToken {
  return async ({ header, payload }) => {
    const claims = JSON.stringify(payload)
    if (header.alg === 'none') return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(claims)}.`
    const bytes = new TextEncoder()
    const secret = header.alg === 'HS256' ? bytes.encode(await exportSPKI(key.publicKey)) : key.privateKey
    return new CompactSign(bytes.encode(claims)).setProtectedHeader({ ...header }).sign(secret)
  }
}
