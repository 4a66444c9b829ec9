import type { RuleContext } from '../emulated-provider.ts'
import type { IssuedGrants } from './issued-grants.ts'
import type { OpenIdSettings } from './openid-settings.ts'
import type { Sessions } from './sessions.ts'

/** The data of an OpenID provider: the differences between one provider and another. */
export type OpenIdServer = {
  /** Its name on its pages. */
  readonly title: string
  /** Its issuer, as a URL. */
  readonly issuer: string
  /** Its addresses, without `https://`. */
  readonly endpoints: {
    /** The authorization endpoint, where users sign in. */
    readonly authorization: string
    /** The token endpoint. */
    readonly token: string
    /** The user info endpoint. */
    readonly userInfo: string
    /** The address of its public keys. */
    readonly jwks: string
    /** The address of its metadata. */
    readonly discovery: string
    /** The revocation endpoint. The emulated provider's own rules answer there. */
    readonly revocation?: string
    /** The endpoint where users sign out. */
    readonly endSession?: string
  }
  /** The common domain of the hosts where users sign in and out. Absent if it is one host. */
  readonly cookieDomain?: string
  /** Its metadata without `issuer`. The URLs in it are moved to the server. */
  readonly metadata: Readonly<Record<string, string | readonly string[]>>
  /** Whether an authorization request must have a `state`. */
  readonly isStateRequired: boolean
  /** Returns the granted scope for a requested one. `undefined` refuses the request. */
  readonly grantScope: (asked: string) => string | undefined
  /** The claims of a user in ID tokens, in addition to `sub`. */
  readonly idTokenClaims: readonly string[]
  /** Selects the claims of a user that user info returns. */
  readonly tellUserInfo: (claims: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** The allowed methods of user info requests. */
  readonly userInfoMethods: readonly string[]
  /** The `WWW-Authenticate` header of the response to a user info request with a bad token. */
  readonly badTokenChallenge: string
  /** Makes a new code, access token or refresh token. */
  readonly makeText: (kind: 'code' | 'accessToken' | 'refreshToken') => string
  /** The members of its token responses that are not in RFC 6749 §5.1. */
  readonly answerExtras: Readonly<Record<string, unknown>>
}

/** The values that the endpoints of one OpenID provider share. */
export type OpenIdContext = Pick<RuleContext<OpenIdSettings>, 'clock' | 'settings' | 'issueToken' | 'findToken'> & {
  /** The provider's data. */
  readonly server: OpenIdServer
  /** Its codes and refresh tokens. */
  readonly grants: IssuedGrants
  /** The sessions of browsers. */
  readonly sessions: Sessions
}
