import {
  compactVerify,
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  importSPKI,
  type JWK,
  type JWTPayload,
} from 'jose'
import type { Clock } from '../clock.ts'

/** Checks the assertions with which clients with a certificate authenticate, and remembers the used ones. */
export type AssertionCheck = {
  /**
   * Returns the client of an assertion, or the reason why it is refused. The reason quotes nothing of the assertion.
   */
  readonly check: (
    assertion: string,
    audiences: readonly string[],
  ) => Promise<{ readonly clientId: string } | { readonly problem: string }>
  /** Forgets the used assertions. */
  readonly reset: () => void
}

/** The exact header: no member can be added or left out. */
const header: Readonly<Record<string, string>> = { kid: 'apim-provisioner', alg: 'RS256', use: 'sig', typ: 'JWT' }

/** Makes a check without used assertions. */
export function createAssertionCheck(clock: Clock, publicKeys: ReadonlyMap<string, JWK | string>): AssertionCheck {
  // The time until which each could be accepted, in seconds.
  const used = new Map<string, number>()

  return {
    check: async (assertion, audiences) => {
      const decoded = decode(assertion)
      if (!decoded) return { problem: 'The assertion is not a JWT' }
      if (!hasHeader(decoded.header)) {
        return { problem: `The header of the assertion must be ${JSON.stringify(header)} and nothing else` }
      }
      const { claims } = decoded
      // The type says string, but a client can send any value.
      const clientId: unknown = claims.iss
      const publicKey = typeof clientId === 'string' ? publicKeys.get(clientId) : undefined
      if (typeof clientId !== 'string' || publicKey === undefined)
        return { problem: 'iss is not a client with a registered public key' }
      const key = await importKey(publicKey)
      if (!key) return { problem: 'The key that is registered for iss is not an RSA public key' }
      if (!(await isSignedBy(key, assertion))) {
        return { problem: 'The signature does not match the public key that is registered for iss' }
      }

      const now = Math.floor(clock.now() / 1000)
      const checked = checkClaims(claims, audiences, now)
      if ('problem' in checked) return checked
      // No await after this line: of two identical assertions at the same time, only one is accepted.
      for (const [id, until] of used) if (until < now) used.delete(id)
      const id = JSON.stringify([clientId, claims.jti])
      if (used.has(id)) return { problem: 'jti was used before' }
      used.set(id, checked.until)
      return { clientId }
    },
    reset: () => used.clear(),
  }
}

function decode(assertion: string) {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) }
  } catch {
    return undefined
  }
}

function hasHeader(found: object): boolean {
  const members = Object.entries(found)
  return members.length === Object.keys(header).length && members.every(([name, value]) => header[name] === value)
}

async function importKey(publicKey: JWK | string): Promise<CryptoKey | undefined> {
  try {
    const key =
      typeof publicKey === 'string' ? await importSPKI(publicKey, 'RS256') : await importJWK(publicKey, 'RS256')
    return 'type' in key && key.type === 'public' ? key : undefined
  } catch {
    return undefined
  }
}

async function isSignedBy(key: CryptoKey, assertion: string): Promise<boolean> {
  try {
    await compactVerify(assertion, key, { algorithms: ['RS256'] })
    return true
  } catch {
    return false
  }
}

/** The allowed difference between the client's clock and this one, in seconds. */
const SKEW = 15

/** The maximum age of an assertion, in seconds. */
const MAX_AGE = 60

/** The maximum difference between `iat` and `exp`, in seconds. The example in Bouygues' documentation has 4,388. */
const MAX_LIFETIME = 7200

/**
 * Returns the problem with an assertion's claims, or the time until which it is accepted, in seconds since the epoch.
 */
function checkClaims(
  { iss, sub, aud, iat, exp, nbf, jti }: JWTPayload,
  audiences: readonly string[],
  now: number,
): { readonly problem: string } | { readonly until: number } {
  if (sub !== iss) return { problem: 'sub must be the same as iss' }
  if (typeof aud !== 'string' || !audiences.includes(aud)) {
    return { problem: 'aud must be the URL of the realm or of its token endpoint, as one string' }
  }
  if (!isSeconds(iat) || !isSeconds(exp)) return { problem: 'iat and exp must be whole numbers of seconds' }
  if (iat > now + SKEW) return { problem: 'iat is in the future' }
  if (now > iat + MAX_AGE + SKEW) return { problem: `iat is more than ${MAX_AGE} s ago` }
  if (now >= exp + SKEW) return { problem: 'exp is in the past' }
  if (exp <= iat) return { problem: 'exp is not after iat' }
  if (nbf !== undefined && !(isSeconds(nbf) && nbf <= now + SKEW)) return { problem: 'nbf is in the future' }
  if (exp - iat > MAX_LIFETIME) return { problem: `exp is more than ${MAX_LIFETIME} s after iat` }
  if (typeof jti !== 'string' || jti === '') return { problem: 'jti is missing' }
  return { until: Math.min(iat + MAX_AGE, exp) + SKEW }
}

const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value)
