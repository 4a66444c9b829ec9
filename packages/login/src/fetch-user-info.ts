import type { Provider, Token } from '@oauthkit/core'
import { createRedactor, oauthError } from '@oauthkit/core/plugin'
import { customFetch, processUserInfoResponse, protectedResourceRequest, type AuthorizationServer } from 'oauth4webapi'
import { checkSignature } from './check-signature.ts'
import { clientOf } from './finish-login.ts'
import { idTokenClaimsOf } from './decode-jwt.ts'
import { requestOptions } from './request-options.ts'
import type { LoginSettings } from './settings.ts'

/** The provider's data about a user. See OpenID Connect Core 1.0 §5.1. */
export type UserInfo = {
  /** The user's id at this provider. The provider never gives it to another user. */
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Asks the provider who the user is, and checks that it is the user who signed in. */
export async function fetchUserInfo(
  settings: LoginSettings,
  server: AuthorizationServer,
  token: Token,
): Promise<UserInfo> {
  const { name, userinfoMethod: method = 'GET' } = settings.provider
  const url = server.userinfo_endpoint
  if (!url) throw new TypeError(`${name}: userinfoEndpoint is missing`)
  const { sub } = idTokenClaimsOf(token.idToken)
  if (typeof sub !== 'string' || !sub)
    throw new TypeError(`${name}: the token has no ID token: give the token of finish(), or a renewal of it`)

  const options = requestOptions(settings, url)
  const send: (typeof options)[typeof customFetch] = async (to, init) => {
    // Only browsers keep answers, and not all other platforms accept this option.
    const sent = globalThis.location ? { ...init, cache: 'no-store' } : init
    const response = await options[customFetch](to, sent)
    // The refusal is read before the library sees it, because the library cannot read the challenges of some providers.
    if ([400, 401, 403].includes(response.status)) throw await refusalOf(settings.provider, token, response)
    return response
  }
  const headers = new Headers({ accept: 'application/json' })
  const sending = { ...options, [customFetch]: send }
  const response = await protectedResourceRequest(token.accessToken, method, new URL(url), headers, null, sending)
  const info = await processUserInfoResponse(server, await clientOf(settings), sub, response)
  // The library has checked the claims of a signed response. It leaves the signature to the application.
  if (/^application\/jwt\b/i.test(response.headers.get('content-type') ?? '')) {
    await checkSignature(settings, server, response)
  }
  return info
}

/**
 * Makes the error for a token that the endpoint rejects.
 *
 * Providers give the reason in a body, in a challenge, or in a challenge without its scheme.
 */
async function refusalOf({ name, requestIdHeader = 'x-request-id' }: Provider, token: Token, response: Response) {
  const { status, headers } = response
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null
  const challenge = headers.get('www-authenticate') ?? ''
  const redact = createRedactor([token.accessToken, token.refreshToken, token.idToken])
  const show = (text: string | null | undefined) =>
    text
      ? redact(text)
          .replaceAll(/[^\x20-\x7E]+/g, ' ')
          .slice(0, 300)
      : undefined
  const said = (member: string) => {
    const inChallenge = new RegExp(`\\b${member}\\s*=\\s*"([^"]*)`).exec(challenge)?.[1]
    return show(typeof body?.[member] === 'string' ? body[member] : inChallenge)
  }
  const [error, errorDescription] = [said('error'), said('error_description')]
  const answer = [status, error, errorDescription && `(${errorDescription})`].filter(Boolean).join(' ')
  const requestId = show(headers.get(requestIdHeader))
  const what = `user info was refused with ${answer}: renew the token, or let the user sign in again`
  return oauthError(name, 'TOKEN_REFUSED', what, { status, error, errorDescription, requestId })
}
