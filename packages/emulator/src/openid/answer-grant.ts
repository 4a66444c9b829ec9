import { base64url } from 'jose'
import type { Address } from '../emulated-provider.ts'
import { errorResponse, tokenResponse } from '../oauth.ts'
import type { IssuedGrant } from './issued-grants.ts'
import type { OpenIdContext } from './openid-server.ts'
import type { User } from './openid-settings.ts'
import { signWith } from './signing-keys.ts'

/**
 * Answers a token request with a code or a refresh token. The caller has authenticated the client.
 *
 * @see RFC 6749 §4.1.3 and §6, RFC 7636 §4.6, OpenID Connect Core 1.0 §3.1.3 and §12
 */
export async function answerGrant(
  form: URLSearchParams,
  clientId: string,
  address: Address,
  context: OpenIdContext,
): Promise<Response> {
  const { server, settings, grants } = context
  const isCode = form.get('grant_type') === 'authorization_code'
  const parameter = isCode ? 'code' : 'refresh_token'
  const shown = form.get(parameter)
  if (!shown) return errorResponse(400, 'invalid_request', `Missing parameter ${parameter}`)
  const verifier = form.get('code_verifier')
  const challenge = verifier === null ? undefined : await challengeOf(verifier)

  // No await between here and the storing of the tokens: of two requests at the same time, only one succeeds.
  const redirectUri = form.get('redirect_uri') ?? ''
  const taken = isCode
    ? grants.takeCode(shown, { clientId, redirectUri, challenge })
    : grants.takeRefreshToken(shown, clientId)
  if (typeof taken === 'string') return errorResponse(400, 'invalid_grant', taken)
  const user = settings.users.get(taken.user)
  if (!user) return errorResponse(400, 'invalid_grant', 'The user is unknown')
  const { accessToken, leftMs, lifetimeMs } = context.issueToken({
    endpoint: server.endpoints.token,
    clientId,
    user: taken.user,
    scope: taken.scope,
    makeToken: () => server.makeText('accessToken'),
  })
  grants.addAccessToken(accessToken, taken)
  const refreshToken = settings.refreshTokens ? server.makeText('refreshToken') : undefined
  if (refreshToken !== undefined) grants.addRefreshToken(refreshToken, taken)

  // The nonce connects the ID token to an authorization request, and a renewal has no such request.
  const grant: IssuedGrant = isCode ? taken : { ...taken, nonce: undefined }
  // Without the scope openid, it is plain OAuth 2.0, which has no ID tokens.
  const isOpenId = taken.scope.split(' ').includes('openid')
  const idToken = isOpenId ? await makeIdToken(grant, user, lifetimeMs, address, context) : undefined
  return tokenResponse({
    access_token: accessToken,
    expires_in: Math.floor(leftMs / 1000),
    token_type: 'Bearer',
    ...server.answerExtras,
    scope: taken.scope,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(idToken !== undefined && { id_token: idToken }),
  })
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url.encode(new Uint8Array(digest))
}

/**
 * Makes the ID token for a grant, as `editIdToken` changes it. Returns `undefined` if `editIdToken` removes it.
 *
 * @see OpenID Connect Core 1.0 §2
 */
async function makeIdToken(
  grant: IssuedGrant,
  { claims }: User,
  lifetimeMs: number,
  address: Address,
  { clock, server, settings }: OpenIdContext,
): Promise<string | undefined> {
  const key = await settings.keys.current()
  const sign = signWith(key)
  const iat = Math.floor(clock.now() / 1000)
  const told = Object.entries(claims).filter(([name]) => server.idTokenClaims.includes(name))
  const payload = {
    iss: address.addressOf(server.issuer),
    sub: claims.sub,
    aud: grant.clientId,
    exp: iat + Math.floor(lifetimeMs / 1000),
    iat,
    auth_time: Math.floor(grant.signedInAt / 1000),
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
    ...Object.fromEntries(told),
  }
  const draft = { header: { alg: 'RS256', kid: key.id, typ: 'JWT' }, payload }
  const edited = settings.editIdToken ? await settings.editIdToken(draft, sign) : draft
  return typeof edited === 'object' ? sign(edited) : edited
}
