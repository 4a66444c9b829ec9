import {
  base64url,
  CompactSign,
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose'

/** A key pair that signs ID tokens. */
export type SigningKey = {
  /** Its `kid`. */
  readonly id: string
  /** What signs. */
  readonly privateKey: CryptoKey
  /** What is published. */
  readonly publicKey: CryptoKey
}

/** The keys of an OpenID provider: RSA of 2048 bits, the first of them made when it is first needed. */
export type SigningKeys = {
  /** Makes a new key, which signs from now on; those before stay published. */
  readonly rotate: () => Promise<void>
  /** Publishes nothing any more but the key that signs. */
  readonly dropOld: () => void
  /** The key that signs. */
  readonly current: () => Promise<SigningKey>
  /** All that are published, the one that signs first. */
  readonly published: () => Promise<readonly SigningKey[]>
  /** Goes back to the first key. */
  readonly reset: () => void
}

/** Makes a ring without a key yet: making one takes a tenth of a second, which most tests need not spend. */
export function createSigningKeys(): SigningKeys {
  let first: SigningKey | undefined
  let ring: SigningKey[] = []

  const published = async (): Promise<readonly SigningKey[]> => {
    if (!first) {
      // The key is kept, not the promise of it: on Workers a promise of one request may never settle in another.
      const made = await makeKey()
      if (!first) ring = [(first = made)]
    }
    return ring
  }

  return {
    rotate: async () => {
      await published()
      ring = [await makeKey(), ...ring]
    },
    dropOld: () => {
      ring = ring.slice(0, 1)
    },
    current: async () => (await published())[0] as SigningKey,
    published,
    reset: () => {
      ring = first ? [first] : []
    },
  }
}

/** Says what is published of the keys. */
export async function publishKeys(keys: SigningKeys): Promise<JSONWebKeySet> {
  const ring = await keys.published()
  const jwks = ring.map(async ({ id, publicKey }) => {
    const { kty = '', n = '', e = '' } = await exportJWK(publicKey)
    return { kty, use: 'sig', alg: 'RS256', kid: id, n, e }
  })
  return { keys: await Promise.all(jwks) }
}

async function makeKey(): Promise<SigningKey> {
  const pair = await generateKeyPair('RS256', { modulusLength: 2048 })
  return { id: crypto.randomUUID(), ...pair }
}

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
