import { revoke } from '../endpoint/revoke.ts'
import type { Credentials, Settings } from '../life/options.ts'
import { memberOf } from '../members.ts'
import type { Token } from '../token.ts'

/**
 * Revokes a token that arrived after its user had logged out, if it has a refresh token and the provider has a
 * `revocationEndpoint`. No call waits for it, and an error is ignored: the log-out itself has succeeded.
 */
export function revokeNeedless(settings: Settings, credentials: Credentials, token: Token): void {
  const refreshToken = memberOf(token, 'refreshToken')
  if (refreshToken === undefined || !settings.provider.revocationEndpoint) return
  const request = { ...settings, ...credentials, token: refreshToken, tokenTypeHint: 'refresh_token' } as const
  const revoked = revoke(request).catch(() => {})
  try {
    settings.waitUntil?.(revoked)
  } catch {
    // An error of the platform does not stop the request.
  }
}
