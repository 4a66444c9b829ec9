import type { Address, RuleContext } from '../emulated-provider.ts'
import { jsonResponse } from '../http.ts'
import { answerAuthorization } from './answer-authorization.ts'
import { answerEndSession } from './answer-end-session.ts'
import { answerGrant } from './answer-grant.ts'
import { answerUserInfo } from './answer-user-info.ts'
import { createIssuedGrants } from './issued-grants.ts'
import type { OpenIdContext, OpenIdServer } from './openid-server.ts'
import type { OpenIdSettings } from './openid-settings.ts'
import { createSessions } from './sessions.ts'
import { publishKeys } from './signing-keys.ts'

/** A running OpenID provider. */
export type OpenId = {
  /**
   * Answers requests that are not for tokens or user info. Returns `undefined` if the address is not this provider's.
   */
  readonly answerPage: (request: Request, address: Address) => Promise<Response> | undefined
  /** Answers an authenticated client's token request with a code or a refresh token. */
  readonly answerGrant: (form: URLSearchParams, clientId: string, address: Address) => Promise<Response>
  /** Returns the grant types that it supports. */
  readonly grantTypes: () => readonly string[]
  /** Answers a request for user info. */
  readonly answerUserInfo: (request: Request) => Response
  /** Revokes a token of a client. Returns `false` if the token is another client's. */
  readonly revoke: (token: string, clientId: string) => boolean
  /** Forgets codes, refresh tokens and sessions. */
  readonly reset: () => void
}

/** Starts an OpenID provider. */
export function createOpenId(server: OpenIdServer, rules: RuleContext<OpenIdSettings>): OpenId {
  const { authorization, endSession, jwks, discovery } = server.endpoints
  const browserUrls = [authorization, endSession].flatMap((address) =>
    address === undefined ? [] : `https://${address}`,
  )
  const grants = createIssuedGrants(rules.clock, rules.revokeToken)
  const sessions = createSessions(browserUrls, server.cookieDomain)
  const context = { ...rules, server, grants, sessions }

  const pages = new Map<string | undefined, (request: Request, address: Address) => Response | Promise<Response>>([
    [endSession, (request, address) => answerEndSession(request, address, context)],
    [authorization, (request, address) => answerAuthorization(request, address, context)],
    [jwks, async () => jsonResponse(await publishKeys(rules.settings.keys))],
    [discovery, (_, address) => answerMetadata(address, context)],
  ])

  return {
    answerPage: (request, address) => {
      const answer = pages.get(address.host + address.path)
      return answer && (async () => answer(request, address))()
    },
    answerGrant: (form, clientId, address) => answerGrant(form, clientId, address, context),
    grantTypes: () => ['authorization_code', ...(rules.settings.refreshTokens ? ['refresh_token'] : [])],
    answerUserInfo: (request) => answerUserInfo(request, context),
    revoke: (token, clientId) => {
      const grant = grants.ownerOf(token)
      const found = rules.findToken(token)
      const access = found?.endpoint === server.endpoints.token ? found : undefined
      if ([grant, access].some((owned) => owned && owned.clientId !== clientId)) return false
      if (grant) grants.revoke(grant)
      if (access) rules.revokeToken(token)
      return true
    },
    reset: () => {
      grants.reset()
      sessions.reset()
    },
  }
}

/**
 * Answers with the metadata. Its URLs are those that the sender of this request can use.
 *
 * @see OpenID Connect Discovery 1.0 §4.2
 */
function answerMetadata(address: Address, { server, settings }: OpenIdContext): Response {
  const members = { issuer: server.issuer, ...server.metadata }
  const honest = Object.fromEntries(
    // Values that are not URLs stay unchanged.
    Object.entries(members).map(([name, value]) => [
      name,
      typeof value === 'string' ? address.addressOf(value) : value,
    ]),
  )
  return jsonResponse(settings.editDiscovery?.(honest) ?? honest)
}
