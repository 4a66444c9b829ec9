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
   * Whatever tells two tokens of this grant apart that nothing else does, such as a user's id; a function where that is a
   * secret, which logs are not to show.
   */
  readonly identity?: string | (() => string)
  /**
   * The form parameters under their wire names, made anew for each token request.
   *
   * Absent: the grant cannot start over, so without a stored token the error is `TOKEN_MISSING`.
   */
  parameters?(): Record<string, string> | Promise<Record<string, string>>
  /**
   * Looks at a token that came for a refresh token, before anyone sees it, and says in a few words what is wrong with it, such
   * as `a token of another user`. It is then neither used nor stored.
   *
   * Absent: any will do.
   */
  checkRefreshed?(token: Token, previous: Token): string | undefined
}
