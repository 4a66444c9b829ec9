import type { OAuthError, Provider } from '@oauthkit/core'
import { oauthError } from '@oauthkit/core/plugin'
import { isAtRedirectUri } from './callback.ts'
import type { LoginSettings } from './settings.ts'

/**
 * The data of a sign-in, to keep until the user comes back. It is JSON for your app's session of this user.
 *
 * Only this user's browser must have access to that session. The data holds secrets: do not write it to a log, or to a
 * cookie that is not encrypted.
 */
export type LoginTransaction = {
  /** Ties the callback to the browser that the sign-in started in. See RFC 6749 §10.12. */
  readonly state: string
  /** Ties the ID token to this sign-in. See OpenID Connect Core 1.0 §15.5.2. */
  readonly nonce: string
  /** Ties the code to this sign-in. See RFC 7636 §4.1. */
  readonly codeVerifier: string
  /** The server that was asked, so that a response of another server is refused. See RFC 9207. */
  readonly issuer: string
  /** The URL that the user was to come back to, so that a callback at another one is refused. See RFC 9700 §4.4.2.2. */
  readonly redirectUri: string
  /** The maximum time since the user's last sign-in, in seconds, if `max_age` was sent. */
  readonly maxAge?: number | undefined
}

/** Makes the error for a callback that does not belong to a sign-in of this session. */
export const signInAgain = ({ name }: Provider, what: string): OAuthError =>
  oauthError(name, 'TOKEN_MISSING', `${what}: sign in again`)

/**
 * Checks that a callback belongs to a transaction, before any request is sent.
 *
 * @throws `OAuthError` `TOKEN_MISSING` if it does not: the user must sign in again.
 */
export function checkTransaction(
  { provider, redirectUri }: Pick<LoginSettings, 'provider' | 'redirectUri'>,
  transaction: LoginTransaction | null | undefined,
  callback: URL,
): LoginTransaction {
  if (!isTransaction(transaction))
    throw signInAgain(provider, 'no sign-in was started in this session, or it has ended')
  if (transaction.redirectUri !== redirectUri)
    throw signInAgain(provider, `the sign-in was started with another redirect URI than ${redirectUri}`)
  if (!isAtRedirectUri(callback, redirectUri)) {
    const way = 'if a proxy changes the path, give only ? and the query to finish()'
    throw signInAgain(provider, `the callback is not at ${redirectUri}, the redirect URI of the sign-in (${way})`)
  }
  const states = callback.searchParams.getAll('state')
  if (states.length === 0)
    throw signInAgain(provider, 'the callback has no state, so it is unknown whose sign-in it ends')
  if (states.length > 1 || states[0] !== transaction.state)
    throw signInAgain(provider, 'the callback does not belong to the sign-in that was started in this session')
  return transaction
}

function isTransaction(value: unknown): value is LoginTransaction {
  const { maxAge = 0, ...texts } = Object(value) as Record<keyof LoginTransaction, unknown>
  const { state, nonce, codeVerifier, issuer, redirectUri } = texts
  const isText = (member: unknown) => typeof member === 'string' && member !== ''
  return [state, nonce, codeVerifier, issuer, redirectUri].every(isText) && Number.isInteger(maxAge)
}
