import type { FormParameters } from '../endpoint/call-endpoint.ts'
import { requestToken } from '../endpoint/token-request.ts'
import type { Token } from '../token.ts'
import { loadAfterFailure } from '../load-later.ts'
import { withoutRefreshToken } from './cached-token.ts'
import type { Settings } from './options.ts'
import type { Attempt, Located } from './token-cache.ts'

/** Requests a token with these form parameters, and those of the options. */
export type SendTokenRequest = (parameters: () => FormParameters | Promise<FormParameters>) => Promise<Token>

/** Makes the function that sends the token requests of one renewal. */
export function createTokenRequest(
  settings: Settings,
  { state, credentials }: Located,
  attempt: Attempt,
): SendTokenRequest {
  /** When the first request was sent: the look-up of credentials and the wait for a lock do not count. */
  let sentAt: number | undefined
  return async (parameters) => {
    let isOwn = false
    let isOnce = false
    const onSend = (form: URLSearchParams) => {
      sentAt ??= Date.now()
      isOwn = /^client_credentials$|:jwt-bearer$/.test(form.get('grant_type') ?? '')
      isOnce = form.has('refresh_token') || form.has('code')
      if (isOnce) attempt.markRedeeming()
      return isOnce
    }
    const all = async () => ({ ...settings.parameters, ...(await parameters()) })
    const send = () => {
      attempt.checkLimit()
      return requestToken({ ...settings, ...credentials, parameters: all }, onSend)
    }
    const token = await send().catch(async (error: unknown) => {
      if (!attempt.mayBridge() || sentAt === undefined) throw error
      // If this part cannot be loaded, the error counts as it is.
      const part = await loadAfterFailure()
      if (!part) throw error
      return part.bridge(error, send, () => isOnce, sentAt, attempt.checkCurrent)
    })
    attempt.markAnswered()
    // `concat` takes less memory than a spread, and there can be a state for each of many tenants.
    state.grantedAt = state.grantedAt.concat(Date.now())
    // The client can request such a token at any time, so it needs no refresh token. See RFC 6749 §4.4.3, RFC 7521 §4.1.
    return isOwn ? withoutRefreshToken(token) : token
  }
}
