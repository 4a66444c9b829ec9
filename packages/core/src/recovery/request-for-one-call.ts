import { requestToken } from '../endpoint/token-request.ts'
import { oauthError } from '../errors.ts'
import type { SourceData } from '../life/token-cache.ts'
import { track } from '../life/track.ts'
import type { Token } from '../token.ts'
import { abortable } from '../wait.ts'

/**
 * Requests a token that only one call uses. It is not kept, so it is neither shared nor renewed, and no rate limit and no
 * back-off count: each call needs its own.
 *
 * @throws {@link OAuthError} `TOKEN_MISSING` if the grant cannot get a token by itself, and the errors of the request.
 */
export async function requestForOneCall(source: SourceData, signal: AbortSignal | undefined): Promise<Token> {
  const { settings, clientId, clientSecret, report } = source
  const { grant, provider } = settings
  const startedAt = Date.now()
  const parameters = async () => {
    if (grant.parameters) return { ...settings.parameters, ...(await grant.parameters()) }
    throw oauthError(
      provider.name,
      'TOKEN_MISSING',
      'the grant gets no token by itself, and a token for one call cannot be set: use another grant',
    )
  }
  const work = requestToken({ ...settings, clientId, clientSecret, parameters }).then(
    (token) => {
      const { expiresAt = Number.POSITIVE_INFINITY } = token
      report({ type: 'renewed', reason: 'absent', durationMs: Date.now() - startedAt, expiresAt })
      return Object.freeze(token)
    },
    (error: Error) => {
      report({ type: 'failed', reason: 'absent', error, hasToken: false, retryAt: Date.now() })
      throw error
    },
  )
  return abortable(track(source, work), signal)
}
