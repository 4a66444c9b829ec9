import type { OAuthError, Provider } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'

/**
 * What must be remembered of a sign-in until the user comes back: JSON for the app's own session, which only that user's
 * browser may lead to. It holds secrets, so it goes into no log and into no cookie that is not encrypted.
 */
export type LoginTransaction = {
  /** Ties the callback to the browser that the sign-in started in. See RFC 6749 §10.12. */
  readonly state: string
  /** Ties the ID token to this sign-in. See OpenID Connect Core 1.0 §15.5.2. */
  readonly nonce: string
  /** Ties the code to this sign-in. See RFC 7636 §4.1. */
  readonly codeVerifier: string
  /** Who was asked, so that another server's answer is not taken for its. See RFC 9207. */
  readonly issuer: string
  /** How old a sign-in may be, in seconds, where `max_age` was asked for. */
  readonly maxAge?: number | undefined
}

/** Says that a callback is not the end of a sign-in that was started here. */
export const signInAgain = ({ name }: Provider, what: string): OAuthError =>
  oauthError(name, 'TOKEN_MISSING', `${what}: sign in again`)

/**
 * Makes sure that a callback belongs to a transaction, before anything is asked of anybody.
 *
 * @throws `OAuthError` `TOKEN_MISSING` if not: the user is to sign in again.
 */
export function checkTransaction(
  provider: Provider,
  transaction: LoginTransaction | null | undefined,
  callback: URLSearchParams,
): LoginTransaction {
  if (!isTransaction(transaction)) throw signInAgain(provider, 'no sign-in was started in this session, or it is over')
  const states = callback.getAll('state')
  if (states.length === 0)
    throw signInAgain(provider, 'the callback has no state, so nobody knows whose sign-in it ends')
  if (states.length > 1 || states[0] !== transaction.state)
    throw signInAgain(provider, 'the callback does not belong to the sign-in that was started in this session')
  return transaction
}

function isTransaction(value: unknown): value is LoginTransaction {
  const { state, nonce, codeVerifier, issuer, maxAge = 0 } = Object(value) as Record<keyof LoginTransaction, unknown>
  const isComplete = [state, nonce, codeVerifier, issuer].every((member) => typeof member === 'string' && member !== '')
  return isComplete && Number.isInteger(maxAge)
}
