import type { ClientAuth, Provider } from './provider.ts'
import type { Token } from './token.ts'

/**
 * A way to request a token: it provides the form parameters of the token request. If it needs to, it also brings its
 * own client id, client authentication or provider.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-4 RFC 6749 §4}
 * @group For package authors
 */
export type Grant = {
  /** The grant's name in errors. It is also part of the key in a store. */
  readonly name: string
  /** The client id that this grant brings with it. An option of the same name takes precedence. */
  readonly clientId?: string | undefined
  /** The client authentication that this grant requires. An option of the same name takes precedence. */
  readonly clientAuth?: ClientAuth | undefined
  /** The authorization server that this grant belongs to. An option of the same name takes precedence. */
  readonly provider?: Provider | undefined
  /**
   * The owner of the tokens: a user's id, or the token that this grant starts from. Sources with different identities
   * never share a token. `''` stands for the application, or for the user that the option `key` names.
   *
   * Use a function if the identity is a secret, so that logs do not show it. If it returns something else than a string,
   * such as a promise, the source throws a `TypeError`.
   */
  readonly identity: string | (() => string)
  /**
   * Returns the form parameters under their wire names. A list repeats its parameter. It runs again for each token request.
   *
   * If absent, the grant cannot get a token by itself: without a usable token, the error is `TOKEN_MISSING`.
   */
  parameters?():
    | Readonly<Record<string, string | readonly string[]>>
    | Promise<Readonly<Record<string, string | readonly string[]>>>
  /**
   * Returns a refresh token to start from. It is redeemed if neither memory nor the store has a newer one. A grant with
   * this member has no `parameters`.
   */
  refreshToken?(): string
  /**
   * Checks a token that was received for a refresh token, before any call gets it. Returns `undefined` if the token is
   * good. Otherwise it returns a few words, such as `a token of another user`, and the token is neither used nor
   * stored. It can be async.
   *
   * If absent, no token is checked.
   */
  checkRefreshed?(token: Token, previous: Token): string | undefined | Promise<string | undefined>
}

/** Returns the refresh token that a grant starts from, if it has one. */
export function startTokenOf(grant: Grant): string | undefined {
  const token: unknown = grant.refreshToken?.()
  if (token === undefined || typeof token === 'string') return token
  throw new TypeError(`refreshToken() of the grant ${grant.name} must return a string`)
}

/** Returns the owner of a grant's tokens. Empty for the application, and for the user of the option `key`. */
export function ownerOf({ name, identity }: Grant): string {
  const owner: unknown = typeof identity === 'function' ? identity() : identity
  // Everything else, such as a promise, could be the same text for all users.
  if (typeof owner !== 'string') throw new TypeError(`the identity of the grant ${name} must be, or return, a string`)
  return owner
}
