import type { RuleContext } from '../emulated-provider.ts'
import type { IssuedGrants } from './issued-grants.ts'
import type { OpenIdSettings } from './openid-settings.ts'
import type { Sessions } from './sessions.ts'

/** An OpenID provider, as data: what tells one from another. */
export type OpenIdServer = {
  /** What its pages call it. */
  readonly title: string
  /** Its issuer, as a URL. */
  readonly issuer: string
  /** Its addresses, without `https://`. */
  readonly endpoints: {
    /** Where users sign in. */
    readonly authorization: string
    /** Where codes are exchanged. */
    readonly token: string
    /** Where it tells who the user is. */
    readonly userInfo: string
    /** Where its keys are published. */
    readonly jwks: string
    /** Where its metadata is. */
    readonly discovery: string
    /** Where tokens are revoked; the provider itself answers there. */
    readonly revocation?: string
    /** Where users sign out. */
    readonly endSession?: string
  }
  /** The domain that the hosts where users sign in and out have in common; none if it is one host. */
  readonly cookieDomain?: string
  /** What its metadata says beside `issuer`: URLs in it are moved to where they are served. */
  readonly metadata: Readonly<Record<string, string | readonly string[]>>
  /** Whether an authorization request must have a `state`. */
  readonly isStateRequired: boolean
  /** The scope to grant when this one is asked for; `undefined` if it cannot be. */
  readonly grantScope: (asked: string) => string | undefined
  /** The claims of a user that are in ID tokens, beside `sub`. */
  readonly idTokenClaims: readonly string[]
  /** Tells of a user's claims what user info tells. */
  readonly tellUserInfo: (claims: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** How user info is asked for. */
  readonly userInfoMethods: readonly string[]
  /** What `WWW-Authenticate` says where user info is asked for with a bad token. */
  readonly badTokenChallenge: string
  /** Makes a new code, access token or refresh token. */
  readonly makeText: (kind: 'code' | 'accessToken' | 'refreshToken') => string
  /** What its token answers hold beside what RFC 6749 §5.1 names. */
  readonly answerExtras: Readonly<Record<string, unknown>>
}

/** What the endpoints of one OpenID provider share. */
export type OpenIdContext = Pick<RuleContext<OpenIdSettings>, 'clock' | 'settings' | 'issueToken' | 'findToken'> & {
  /** Which provider it is. */
  readonly server: OpenIdServer
  /** Its codes and refresh tokens. */
  readonly grants: IssuedGrants
  /** Its browsers' sessions. */
  readonly sessions: Sessions
}
