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
  /** The private key, which signs. */
  readonly privateKey: CryptoKey
  /** The public key, which is published. */
  readonly publicKey: CryptoKey
}

/** The keys of an OpenID provider: RSA of 2048 bits. The first key is made when it is first needed. */
export type SigningKeys = {
  /** Makes a new key, which signs from now on. The old keys stay published. */
  readonly rotate: () => Promise<void>
  /** Stops publishing the old keys. Only the current key stays published. */
  readonly dropOld: () => void
  /** Returns the key that signs. */
  readonly current: () => Promise<SigningKey>
  /** Returns the published keys. The first of them signs. */
  readonly published: () => Promise<readonly SigningKey[]>
  /** Removes all keys except the first. */
  readonly reset: () => void
}

/**
 * The first key of each provider, by its name. All emulators of a process share it: making a key takes up to half a
 * second, which is too long for each test in which a user signs in.
 */
const firstKeys = new Map<string, SigningKey>()

/** Makes a store without keys for a provider. Most tests need none. */
export function createSigningKeys(provider: string): SigningKeys {
  let ring: SigningKey[] = []

  const published = async (): Promise<readonly SigningKey[]> => {
    if (ring.length === 0) {
      // The key is kept, not its promise: on Workers a promise of one request can stay pending forever in another.
      const made = firstKeys.get(provider) ?? (await makeKey())
      const first = firstKeys.get(provider) ?? made
      firstKeys.set(provider, first)
      if (ring.length === 0) ring = [first]
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
      ring = []
    },
  }
}

/** Makes the JSON Web Key Set of the published keys. */
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
  /** Its header. `alg` selects the signature, see {@link SignIdToken}. */
  readonly header: {
    /** The algorithm. */
    readonly alg: string
    /** The id of the key. */
    readonly kid?: string
    readonly [member: string]: unknown
  }
  /** Its claims. */
  readonly payload: JWTPayload
}

/**
 * Signs a draft. `RS256` signs with the emulation's key, for every `kid`. `none` does not sign. `HS256` signs with the
 * PEM of the published key as the secret, without a line break at its end.
 */
export type SignIdToken = (draft: IdTokenDraft) => Promise<string>

/** Makes a function that signs with a key. */
export function signWith(key: SigningKey): SignIdToken {
  return async ({ header, payload }) => {
    const claims = JSON.stringify(payload)
    if (header.alg === 'none') return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(claims)}.`
    const bytes = new TextEncoder()
    const secret = header.alg === 'HS256' ? bytes.encode(await exportSPKI(key.publicKey)) : key.privateKey
    return new CompactSign(bytes.encode(claims)).setProtectedHeader({ ...header }).sign(secret)
  }
}
