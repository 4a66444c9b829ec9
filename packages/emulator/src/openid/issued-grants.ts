import type { Clock } from '../clock.ts'

/** How long a code lives, in milliseconds. */
const CODE_LIFETIME_MS = 60_000

/** What a user allowed a client by signing in, and all that came of it. */
export type IssuedGrant = {
  /** Who was allowed. */
  readonly clientId: string
  /** Who allowed it: the user's name. */
  readonly user: string
  /** What was allowed. */
  readonly scope: string
  /** When the user gave the password, in milliseconds since the epoch. */
  readonly signedInAt: number
  /** The `nonce` of the authorization request. */
  readonly nonce: string | undefined
}

/** What a code is bound to. */
type CodeBinding = {
  /** The client's id. */
  readonly clientId: string
  /** Where the user was sent to. */
  readonly redirectUri: string
  /** The S256 challenge, if there is one. See RFC 7636 §4.2. */
  readonly challenge: string | undefined
}

/** The codes and refresh tokens of one OpenID provider. */
export type IssuedGrants = {
  /** Enters a code. */
  readonly addCode: (code: string, grant: IssuedGrant, binding: CodeBinding) => void
  /** Takes a code in, once; says what was granted, or why not. Shown twice, all that came of it is revoked. */
  readonly takeCode: (code: string, shown: CodeBinding) => IssuedGrant | string
  /** Enters a refresh token. */
  readonly addRefreshToken: (refreshToken: string, grant: IssuedGrant) => void
  /** Takes a refresh token in, once; says what was granted, or why not. Shown twice, all of the sign-in is revoked. */
  readonly takeRefreshToken: (refreshToken: string, clientId: string) => IssuedGrant | string
  /** Whose refresh token it is. */
  readonly ownerOf: (refreshToken: string) => IssuedGrant | undefined
  /** Remembers that an access token came of a grant. */
  readonly addAccessToken: (accessToken: string, grant: IssuedGrant) => void
  /** Revokes all that came of a grant. */
  readonly revoke: (grant: IssuedGrant) => void
  /** Forgets everything. */
  readonly reset: () => void
}

/** Makes what remembers no grant yet. */
export function createIssuedGrants(clock: Clock, revokeToken: (accessToken: string) => void): IssuedGrants {
  const codes = new Map<string, { grant: IssuedGrant; binding: CodeBinding; expiresAt: number; isUsed: boolean }>()
  const refreshTokens = new Map<string, { grant: IssuedGrant; isUsed: boolean }>()
  const accessTokens = new WeakMap<IssuedGrant, string[]>()

  const revoke = (grant: IssuedGrant): void => {
    accessTokens.get(grant)?.forEach(revokeToken)
    for (const [text, { grant: owner }] of refreshTokens) if (owner === grant) refreshTokens.delete(text)
  }

  return {
    addCode: (code, grant, binding) => {
      codes.set(code, { grant, binding, expiresAt: clock.now() + CODE_LIFETIME_MS, isUsed: false })
    },
    takeCode: (code, shown) => {
      const found = codes.get(code)
      if (found?.binding.clientId !== shown.clientId) return 'The code is unknown'
      const { grant, binding, expiresAt, isUsed } = found
      // Whatever comes of it, the client had its try.
      found.isUsed = true
      if (isUsed) {
        revoke(grant)
        return 'The code was used before'
      }
      if (clock.now() >= expiresAt) return 'The code has expired'
      if (binding.redirectUri !== shown.redirectUri)
        return 'The redirect_uri is not the one of the authorization request'
      // A verifier without a challenge is wrong too: somebody may have taken the challenge away. See RFC 9700 §4.8.2.
      if (binding.challenge !== shown.challenge) return 'The code_verifier does not fit the code_challenge'
      return grant
    },
    addRefreshToken: (refreshToken, grant) => {
      refreshTokens.set(refreshToken, { grant, isUsed: false })
    },
    takeRefreshToken: (refreshToken, clientId) => {
      const found = refreshTokens.get(refreshToken)
      if (found?.grant.clientId !== clientId) return 'The refresh token is unknown'
      if (found.isUsed) {
        revoke(found.grant)
        return 'The refresh token was used before'
      }
      found.isUsed = true
      return found.grant
    },
    ownerOf: (refreshToken) => refreshTokens.get(refreshToken)?.grant,
    addAccessToken: (accessToken, grant) => {
      accessTokens.set(grant, [...(accessTokens.get(grant) ?? []), accessToken])
    },
    revoke,
    reset: () => {
      codes.clear()
      refreshTokens.clear()
    },
  }
}
