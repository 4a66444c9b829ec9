import type { JWTPayload } from 'jose'

/** How far the client's clock may be off, in seconds. */
const SKEW = 15

/** How old an assertion may be, in seconds. */
const MAX_AGE = 60

/** How far from each other `iat` and `exp` may be, in seconds: the page's own example has 4,388 between them. */
const MAX_LIFETIME = 7200

/** Says what is wrong with the claims of an assertion, or until when it could be accepted, in seconds since the epoch. */
export function checkClaims(
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
  if (now >= exp + SKEW) return { problem: 'exp is over' }
  if (exp <= iat) return { problem: 'exp is not after iat' }
  if (nbf !== undefined && !(isSeconds(nbf) && nbf <= now + SKEW)) return { problem: 'nbf is in the future' }
  if (exp - iat > MAX_LIFETIME) return { problem: `exp is more than ${MAX_LIFETIME} s after iat` }
  if (typeof jti !== 'string' || jti === '') return { problem: 'jti is missing' }
  return { until: Math.min(iat + MAX_AGE, exp) + SKEW }
}

const isSeconds = (value: unknown): value is number => Number.isSafeInteger(value)
