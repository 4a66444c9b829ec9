import type { Clock } from '../clock.ts'

/** The lifetime of a code, in milliseconds. */
const CODE_LIFETIME_MS = 60_000

/** The permission that a user gave to a client at one sign-in. */
export type IssuedGrant = {
  /** The client's id. */
  readonly clientId: string
  /** The user's name. */
  readonly user: string
  /** The granted scope. */
  readonly scope: string
  /** The time when the user entered the password, in milliseconds since the epoch. */
  readonly signedInAt: number
  /** The `nonce` of the authorization request. */
  readonly nonce: string | undefined
}

/** The values that a code is bound to. */
type CodeBinding = {
  /** The client's id. */
  readonly clientId: string
  /** The redirect URI. */
  readonly redirectUri: string
  /** The S256 challenge, if there is one. See RFC 7636 §4.2. */
  readonly challenge: string | undefined
}

/** The codes and refresh tokens of one OpenID provider. */
export type IssuedGrants = {
  /** Stores a code. */
  readonly addCode: (code: string, grant: IssuedGrant, binding: CodeBinding) => void
  /** Redeems a code: returns its grant, or the reason to refuse it. A second use revokes all tokens of the code. */
  readonly takeCode: (code: string, shown: CodeBinding) => IssuedGrant | string
  /** Stores a refresh token. */
  readonly addRefreshToken: (refreshToken: string, grant: IssuedGrant) => void
  /** Redeems a refresh token in the same way. A second use revokes all tokens of its sign-in. */
  readonly takeRefreshToken: (refreshToken: string, clientId: string) => IssuedGrant | string
  /** Returns the grant of a refresh token. */
  readonly ownerOf: (refreshToken: string) => IssuedGrant | undefined
  /** Stores an access token with its grant. */
  readonly addAccessToken: (accessToken: string, grant: IssuedGrant) => void
  /** Revokes all tokens of a grant. */
  readonly revoke: (grant: IssuedGrant) => void
  /** Forgets everything. */
  readonly reset: () => void
}

/** Makes an empty store of grants. */
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
      // Success or failure, the client has only one try.
      found.isUsed = true
      if (isUsed) {
        revoke(grant)
        return 'The code was used before'
      }
      if (clock.now() >= expiresAt) return 'The code has expired'
      if (binding.redirectUri !== shown.redirectUri)
        return 'The redirect_uri is not the one of the authorization request'
      // A verifier without a challenge is refused: an attacker can have removed the challenge. See RFC 9700 §4.8.2.
      if (binding.challenge !== shown.challenge) return 'The code_verifier does not match the code_challenge'
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
