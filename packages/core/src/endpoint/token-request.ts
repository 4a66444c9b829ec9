import { callEndpoint, type ClientOptions, type FormParameters } from './call-endpoint.ts'
import { readTokenResponse } from './token-response.ts'
import type { Token } from '../token.ts'

/** One request to a token endpoint. */
export type TokenRequest = ClientOptions & {
  /** The form parameters, including `grant_type`, or a function that makes them. */
  readonly parameters: FormParameters | (() => FormParameters | Promise<FormParameters>)
}

/**
 * Sends one token request and reads the response. No other function calls a token endpoint.
 *
 * @throws `OAuthError` `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`. `TypeError` for wrong use.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-3.2 RFC 6749 §3.2}
 * @example
 * ```ts
 * import { readEnvironment, requestToken } from '@oauthkit/core/plugin'
 * import { orange } from '@oauthkit/orange'
 *
 * const token = await requestToken({
 *   provider: orange,
 *   clientId: readEnvironment('ORANGE_CLIENT_ID', 'clientId'),
 *   clientSecret: readEnvironment('ORANGE_CLIENT_SECRET', 'clientSecret'),
 *   parameters: { grant_type: 'client_credentials' },
 * })
 * console.log(token.expiresAt)
 * ```
 */
export const requestToken = (request: TokenRequest, onSend?: (form: URLSearchParams) => boolean): Promise<Token> =>
  callEndpoint('tokenEndpoint', request, request.parameters, readTokenResponse, onSend)
