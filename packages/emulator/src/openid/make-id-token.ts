import type { Address } from '../address.ts'
import type { IssuedGrant } from './issued-grants.ts'
import type { OpenIdContext } from './openid-context.ts'
import type { User } from './openid-settings.ts'
import { signWith } from './sign-id-token.ts'

/**
 * Makes the ID token for a grant, as `editIdToken` wants it; `undefined` if it wants none.
 *
 * @see OpenID Connect Core 1.0 §2
 */
export async function makeIdToken(
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
