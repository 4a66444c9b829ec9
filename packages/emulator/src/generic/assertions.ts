import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from 'jose'
import type { Clock } from '../clock.ts'

/** Checks the assertions of clients, and remembers the used ones. */
export type Assertions = {
  /**
   * Returns the id of the client that signed an assertion. `undefined` if it is not accepted.
   *
   * @param audiences - the names of the server that the assertion can have as its audience.
   */
  readonly issuerOf: (assertion: string, audiences: readonly string[]) => Promise<string | undefined>
  /** Forgets the used assertions. */
  readonly reset: () => void
}

/**
 * Makes a check without used assertions.
 *
 * @see RFC 7523 §3
 */
export function createAssertions(publicKeys: Readonly<Record<string, JWK>>, clock: Clock): Assertions {
  const used = new Set<string>()
  return {
    issuerOf: async (assertion, audiences) => {
      try {
        const { iss = '' } = decodeJwt(assertion)
        const jwk = Object.hasOwn(publicKeys, iss) ? publicKeys[iss] : undefined
        if (!jwk) return undefined
        const key = await importJWK(jwk, decodeProtectedHeader(assertion).alg)
        const requiredClaims = ['iss', 'sub', 'aud', 'exp', 'jti']
        const options = {
          audience: [...audiences],
          requiredClaims,
          currentDate: new Date(clock.now()),
          clockTolerance: 5,
        }
        const { payload } = await jwtVerify(assertion, key, options)
        const id = JSON.stringify([iss, payload.jti])
        if (used.has(id)) return undefined
        used.add(id)
        return iss
      } catch {
        return undefined
      }
    },
    reset: () => used.clear(),
  }
}
