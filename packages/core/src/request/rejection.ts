import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'
import { withTimeout } from '../wait.ts'

/**
 * The limits for the body that a provider's `isRejected` reads. The response of an API that rejects a token is short.
 */
const maxBytes = 16_384
const maxMs = 1000

type RejectionCheck = (response: Response) => boolean | Promise<boolean>

/** All sources of a provider share one check, because there can be a source for each of many tenants. */
const checks = new WeakMap<Provider, RejectionCheck>()

/** Makes the {@link TokenSource.isRejected} of a provider's sources. */
export function rejectionCheck(provider: Provider): RejectionCheck {
  const { rejectedStatuses = [401], isRejected } = provider
  const check =
    checks.get(provider) ??
    ((response: Response) =>
      rejectedStatuses.includes(response.status) &&
      (isRejected ? ask(isRejected, response) : challengesToken(response)))
  checks.set(provider, check)
  return check
}

async function ask(isRejected: NonNullable<Provider['isRejected']>, response: Response): Promise<boolean> {
  const { status, headers } = response
  const none = () => ({ text: '' })
  // If the body breaks off, the caller finds out when it reads the response.
  const { text } = await withTimeout(readText(response.clone(), maxBytes).catch(none), maxMs, none)
  try {
    return await isRejected(new Response(text, { status, headers }))
  } catch {
    // If the predicate fails, the caller gets the response unchanged.
    return false
  }
}

/**
 * Whether a 401 is about the token. It is not if its challenge is for another scheme, or names an error that a new
 * token does not fix.
 *
 * This is the check of providers without an `isRejected`. A provider's own `isRejected` may call it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-3 RFC 6750 §3}
 */
export function challengesToken({ headers }: Response): boolean {
  const challenge = headers.get('www-authenticate')
  if (!challenge) return true
  const error = /\berror\s*=\s*"?([\w-]+)/i.exec(challenge)?.[1]
  // RFC 6750 §3.1 and RFC 9470: the API requires more scope or another login.
  if (error) return error !== 'insufficient_scope' && error !== 'insufficient_user_authentication'
  return /\bbearer\b/i.test(challenge)
}
