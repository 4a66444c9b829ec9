import type { ClientAuth, Provider } from './provider.ts'
import type { Token } from './token.ts'

/**
 * A way to ask for a token: what to put into the token request's form and, where the grant demands so, its own client
 * authentication and provider.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-4 RFC 6749 §4}
 */
export type Grant = {
  /** What errors and events call it. */
  readonly name: string
  /** The client id that this grant brings with it. An option of the same name goes first. */
  readonly clientId?: string | undefined
  /** The client authentication that this grant demands. An option of the same name goes first. */
  readonly clientAuth?: ClientAuth | undefined
  /** The authorization server that this grant belongs to. An option of the same name goes first. */
  readonly provider?: Provider | undefined
  /**
   * Whose tokens these are: a user's id, or the token that this grant starts from. Sources of different identities never
   * share a token. `''`: the application's, or those of the user that the option `key` names.
   *
   * A function where it is a secret, so that logs do not show it.
   */
  readonly identity: string | (() => string)
  /**
   * The form parameters under their wire names, made again for each token request.
   *
   * Absent: the grant cannot start over, so without a stored token the error is `TOKEN_MISSING`.
   */
  parameters?(): Record<string, string> | Promise<Record<string, string>>
  /**
   * Checks a token that came for a refresh token, before any call gets it, and returns in a few words what is wrong with it,
   * such as `a token of another user`. It is then neither used nor stored. `undefined`: nothing is wrong.
   *
   * Absent: none is checked.
   */
  checkRefreshed?(token: Token, previous: Token): string | undefined
}
