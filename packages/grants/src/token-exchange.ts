import type { Grant, Token, TokenSource } from '@oauthkit/core'
import { membersOf } from '@oauthkit/core/plugin'

/**
 * The type of a token: the last part of its identifier, such as `access_token` for
 * `urn:ietf:params:oauth:token-type:access_token`, or a whole identifier of another kind.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693.html#section-3 RFC 8693 §3}
 */
export type TokenType =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'jwt'
  | 'saml1'
  | 'saml2'
  | `${string}:${string}`

/** The options of {@link tokenExchange}. */
export type TokenExchangeOptions = {
  /** Whose token is exchanged: the source of the token of the user or the application that the new token is about. */
  readonly subject: TokenSource
  /**
   * Which token of the subject is sent: its ID token for `id_token`, its refresh token for `refresh_token`, otherwise its
   * access token.
   *
   * @defaultValue `access_token`
   */
  readonly subjectTokenType?: TokenType | undefined
  /** The source of the token of the party that acts for the subject. @defaultValue None: the client itself acts. */
  readonly actor?: TokenSource | undefined
  /** Which token of the actor is sent. @defaultValue `access_token` */
  readonly actorTokenType?: TokenType | undefined
  /** The type of the new token. @defaultValue None is sent, and the server decides. */
  readonly requestedTokenType?: TokenType | undefined
  /** The names of the services that the new token is for: `audience`. A list repeats the parameter. @defaultValue None. */
  readonly audience?: string | readonly string[] | undefined
  /**
   * The owner of the new token, such as the user's id: sources with different identities never share a token. `''` stands
   * for the application, or for the user that the option `key` names.
   *
   * @defaultValue One that is different for each `subject` object. Without a `store`, that is right as long as the subject has the
   * same user: if another user signs in there, `clear()` the source of the new token. With a `store`, no
   * other process finds the token, so give the identity.
   */
  readonly identity?: string | (() => string) | undefined
}

/**
 * Makes the grant that exchanges the token of another source for a token of this one: RFC 8693. The scope and the resource
 * of the new token are options of the token source.
 *
 * Each token request asks the subject for a token that is valid now. So the subject's token is renewed when it has to be,
 * and a sign-in that has ended is an error of the subject.
 *
 * @throws `TypeError` if an option is wrong. A token request rejects with a `TypeError` if the subject has no token of the
 * wanted type, and with the error of the subject if it has no token at all, before anything is sent.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693.html#section-2.1 RFC 8693 §2.1}
 * @example
 * ```ts
 * import { bearer, createTokenSource, type Provider, type TokenSource } from '@oauthkit/core'
 * import { tokenExchange } from '@oauthkit/grants'
 * import ky from 'ky'
 *
 * // A client for another API, which calls it in the name of a signed-in user.
 * export const createApi = (provider: Provider, user: TokenSource) =>
 *   ky.extend(
 *     bearer(
 *       createTokenSource({
 *         provider,
 *         clientId: 'app',
 *         clientSecret: 'secret',
 *         scope: 'orders:read',
 *         grant: tokenExchange({ subject: user, audience: 'orders' }),
 *       }),
 *     ),
 *   )
 * ```
 */
export function tokenExchange(options: TokenExchangeOptions): Grant {
  const { subject, subjectTokenType, actor, actorTokenType, requestedTokenType, audience, identity, ...others } =
    membersOf(options)
  const unknown = Object.entries(others).find(([, value]) => value !== undefined)?.[0]
  if (unknown !== undefined) throw new TypeError(`tokenExchange: ${unknown} is not an option: check its spelling`)
  checkSource(subject, 'subject')
  if (actor !== undefined) checkSource(actor, 'actor')
  if (actor === undefined && actorTokenType !== undefined) throw new TypeError('actorTokenType needs an actor')
  const audiences = [audience ?? []].flat()
  if (!audiences.every((one) => typeof one === 'string' && one !== ''))
    throw new TypeError('audience must be a non-empty string, or a list of them')
  const types = { subject: identifierOf(subjectTokenType), actor: identifierOf(actorTokenType) }
  const wanted = requestedTokenType === undefined ? undefined : identifierOf(requestedTokenType)

  return {
    name: 'token_exchange',
    identity: identity ?? (() => idOf(options.subject)),
    parameters: async () => ({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await read(subject, types.subject, 'subject'),
      subject_token_type: types.subject,
      ...(actor && { actor_token: await read(actor, types.actor, 'actor'), actor_token_type: types.actor }),
      ...(wanted !== undefined && { requested_token_type: wanted }),
      ...(audiences.length > 0 && { audience: audiences }),
    }),
  }
}

const prefix = 'urn:ietf:params:oauth:token-type:'

const known = new Set(['access_token', 'refresh_token', 'id_token', 'jwt', 'saml1', 'saml2'])

function identifierOf(type: TokenType = 'access_token'): string {
  if (typeof type === 'string' && type.includes(':')) return type
  if (known.has(type)) return prefix + type
  throw new TypeError(`a token type must be one of ${[...known].join(', ')}, or an identifier with a colon`)
}

/** The members of a token that types name. Any other type is that of an access token. */
const members: Readonly<Record<string, keyof Token>> = {
  [`${prefix}id_token`]: 'idToken',
  [`${prefix}refresh_token`]: 'refreshToken',
}

async function read(source: TokenSource, type: string, who: string): Promise<string> {
  const member = members[type] ?? 'accessToken'
  const token = await source.getToken()
  const value = token[member]
  if (typeof value === 'string' && value !== '') return value
  throw new TypeError(`tokenExchange: the token of the ${who} has no ${member}`)
}

function checkSource(source: TokenSource, what: string): void {
  if (typeof source !== 'object' || source === null || typeof source.getToken !== 'function')
    throw new TypeError(`tokenExchange: ${what} must be a token source`)
}

/** Random ids, because nothing says whose tokens a source has. */
const ids = new WeakMap<object, string>()

function idOf(source: object): string {
  const id = ids.get(source) ?? crypto.randomUUID()
  ids.set(source, id)
  return id
}
