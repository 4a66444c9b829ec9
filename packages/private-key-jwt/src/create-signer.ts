import type { CryptoKey, JWTPayload } from 'jose'
import type { SigningAlgorithm } from './algorithms.ts'
import { checkAlgorithm } from './algorithms.ts'
import { checkText } from './checks.ts'
import { checkKey, type CheckedKey, type SigningKey } from './signing-key.ts'

/** What signs an assertion: a `key`, or a service that keeps the key and has a function `sign`. */
export type SignerOptions = {
  /**
   * The private key, or a function that looks it up for each assertion, such as in a vault whose keys are rotated. Never put
   * it in a browser or in another program that strangers can read.
   *
   * Sources with the same store share a token if they have the same PEM or JWK. With a `CryptoKey`, they share it only
   * within one process. With a function, or with `sign`, they share it if they have the same client id and the same
   * `keyId`.
   */
  readonly key?: SigningKey | (() => SigningKey | Promise<SigningKey>) | undefined
  /**
   * Signs data with a key that never leaves its service, such as a KMS or an HSM. It gets the bytes to sign, and returns the
   * signature: as RFC 7518 §3 has it, or, for `ES256` to `ES512`, in DER as most services return it. The service makes the
   * hash that belongs to the algorithm.
   *
   * @defaultValue None: the `key` signs.
   */
  readonly sign?: ((data: Uint8Array<ArrayBuffer>) => SignatureBytes | Promise<SignatureBytes>) | undefined
  /** The algorithm that signs. @defaultValue The JWK's `alg`, else `RS256`. */
  readonly algorithm?: SigningAlgorithm | undefined
  /** The id that the server finds the public key by: the header's `kid`. @defaultValue The JWK's `kid`, else none. */
  readonly keyId?: string | undefined
  /** More members of the header, such as `typ`. Not allowed: `alg`, `kid`, `b64`, `crit`. @defaultValue None. */
  readonly header?: Readonly<Record<string, string>> | undefined
}

/** The bytes of a signature. */
export type SignatureBytes = Uint8Array | ArrayBuffer

/** Signs assertions. */
export type Signer = {
  readonly sign: (claims: JWTPayload) => Promise<string>
  /** Returns a text that is different for each key, as far as that is known. */
  readonly fingerprint: () => string
}

/**
 * Makes the function that signs assertions.
 *
 * @throws `TypeError` if an option is wrong. The error says what is wrong, and shows nothing of the key.
 */
export function createSigner({ key, sign, algorithm, keyId, header = {} }: SignerOptions): Signer {
  if (key !== undefined && sign !== undefined) throw new TypeError('give a key or a function sign, not both')
  if (keyId !== undefined) checkText(keyId, 'keyId')
  if (typeof header !== 'object' || header === null) throw new TypeError('header must be an object')
  for (const [member, value] of Object.entries(header)) {
    checkText(value, `header.${member}`)
    if (['alg', 'kid', 'b64', 'crit'].includes(member)) throw new TypeError(`header must not hold ${member}`)
  }
  if (sign !== undefined) {
    if (typeof sign !== 'function') throw new TypeError('sign must be a function')
    const alg = checkAlgorithm(algorithm ?? 'RS256')
    return {
      sign: async (claims) => {
        // Few clients have such a service, so its code is loaded when it signs.
        const { signElsewhere } = await import('./sign-elsewhere.ts')
        return signElsewhere({ ...header, ...(keyId !== undefined && { kid: keyId }), alg }, claims, sign)
      },
      fingerprint: () => keyId ?? '',
    }
  }
  const fixed = typeof key === 'function' ? undefined : checkKey(key as SigningKey, algorithm)
  // Keeps the key, not its promise: on Workers, a promise of one request may never settle in another request.
  let last: LoadedKey | undefined
  const find = async (): Promise<LoadedKey> => {
    const found = typeof key === 'function' ? await key() : key
    if (last && last.key === found) return last
    const checked = fixed ?? checkKey(found as SigningKey, algorithm)
    const loaded: LoadedKey = { key: found, checked, loaded: await checked.load() }
    last = loaded
    return loaded
  }
  return {
    sign: async (claims) => {
      // Loaded only now: jose takes longer to load than all code here, and some processes never sign.
      const { SignJWT } = await import('jose')
      const { checked, loaded } = await find()
      const kid = keyId ?? checked.keyId
      return new SignJWT(claims)
        .setProtectedHeader({ ...header, ...(kid !== undefined && { kid }), alg: checked.algorithm })
        .sign(loaded)
    },
    fingerprint: fixed ? fixed.fingerprint : () => keyId ?? '',
  }
}

/** A key that was looked up, checked and imported. */
type LoadedKey = { readonly key: unknown; readonly checked: CheckedKey; readonly loaded: CryptoKey }
