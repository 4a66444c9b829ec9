import type { Provider } from '../provider.ts'
import { readText } from '../read-text.ts'
import { withTimeout } from '../wait.ts'

/** What a provider's predicate gets to read, and how long that may take: a rejection is short, or is none. */
const maxBytes = 16_384
const maxMs = 1000

type RejectionCheck = (response: Response) => boolean | Promise<boolean>

/** All sources of a provider share one check: there may be a source for each of many tenants. */
const checks = new WeakMap<Provider, RejectionCheck>()

/** Makes {@link TokenSource.isRejected} of what a provider says about its rejections. */
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
  // A body that breaks off is for the caller to find.
  const { text } = await withTimeout(readText(response.clone(), maxBytes).catch(none), maxMs, none)
  try {
    return await isRejected(new Response(text, { status, headers }))
  } catch {
    // What cannot be judged is for the caller to see, as it came.
    return false
  }
}

/**
 * Whether a 401 is about the token. It is, unless its challenge is for another scheme, or names an error that a new token
 * does not cure.
 *
 * This is the check of providers without an `isRejected`. A provider's own `isRejected` may call it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750.html#section-3 RFC 6750 §3}
 */
export function challengesToken({ headers }: Response): boolean {
  const challenge = headers.get('www-authenticate')
  if (!challenge) return true
  const error = /\berror\s*=\s*"?([\w-]+)/i.exec(challenge)?.[1]
  // RFC 6750 §3.1 and RFC 9470: more scope or another login is asked for.
  if (error) return error !== 'insufficient_scope' && error !== 'insufficient_user_authentication'
  return /\bbearer\b/i.test(challenge)
}
