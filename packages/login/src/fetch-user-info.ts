import { OAuthError, type Token } from '@oauthkit/core'
import { processUserInfoResponse, protectedResourceRequest, type AuthorizationServer } from 'oauth4webapi'
import { checkSignature, clientOf } from './finish-login.ts'
import type { Hide } from './login-error.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'
import { subjectOf } from './subject-of.ts'

/** What the provider says of the user. See OpenID Connect Core 1.0 §5.1. */
export type UserInfo = {
  /** The user's identifier at this provider, never assigned to another. */
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Asks the provider who the user is, and makes sure that it speaks of the one who signed in. */
export async function fetchUserInfo(
  settings: LoginSettings,
  server: AuthorizationServer,
  token: Token,
  hide: Hide,
): Promise<UserInfo> {
  const { provider } = settings
  const url = server.userinfo_endpoint
  if (!url) throw new TypeError(`${provider.name}: userinfoEndpoint is missing`)
  const subject = subjectOf(token.idToken)
  if (subject === undefined)
    throw new TypeError(
      `${provider.name}: the token has no ID token: it must be one that finish() gave, or a renewal of it`,
    )
  hide(token.accessToken)
  const response = await protectedResourceRequest(
    token.accessToken,
    provider.userinfoMethod ?? 'GET',
    new URL(url),
    new Headers({ accept: 'application/json' }),
    null,
    requestOptions(settings, url),
  )
  // Not every server says with it what is wrong, and not every browser shows that.
  if (response.status === 401 && !response.headers.has('www-authenticate')) {
    const { name } = provider
    throw new OAuthError('TOKEN_REFUSED', `${name}: user info: the answer was 401: sign in again`, {
      provider: name,
      status: 401,
    })
  }
  const client = await clientOf(settings)
  const info = await processUserInfoResponse(server, client, subject, response)
  // The library has checked a signed answer's claims, and leaves its signature to the application.
  if (/^application\/jwt\b/i.test(response.headers.get('content-type') ?? '')) {
    await checkSignature(settings, server, response)
  }
  return info
}
