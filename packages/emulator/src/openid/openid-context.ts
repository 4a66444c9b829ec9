import type { RuleContext } from '../emulated-provider.ts'
import type { IssuedGrants } from './issued-grants.ts'
import type { OpenIdServer } from './openid-server.ts'
import type { OpenIdSettings } from './openid-settings.ts'
import type { Sessions } from './sessions.ts'

/** What the endpoints of one OpenID provider share. */
export type OpenIdContext = Pick<RuleContext<OpenIdSettings>, 'clock' | 'settings' | 'issueToken' | 'findToken'> & {
  /** Which provider it is. */
  readonly server: OpenIdServer
  /** Its codes and refresh tokens. */
  readonly grants: IssuedGrants
  /** Its browsers' sessions. */
  readonly sessions: Sessions
}
