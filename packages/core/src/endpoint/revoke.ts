import { callEndpoint, type ClientOptions } from './call-endpoint.ts'
import { readAnswer } from './read-answer.ts'

/** One request to a revocation endpoint. */
export type RevocationRequest = ClientOptions & {
  /** The access token or refresh token to revoke. */
  readonly token: string
  /** The kind of the token, which helps the server to find it. */
  readonly tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
}

/**
 * Revokes a token at the server. If it is a refresh token, most servers also end its access tokens.
 *
 * A token that the server does not know counts as revoked. Call `source.clear()` as well, to forget your own copy.
 *
 * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the token could still be valid: try again later. `TOKEN_REFUSED` or
 * `TOKEN_MALFORMED` as for token requests. `TypeError` for wrong use, or if the provider has no `revocationEndpoint`.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009.html#section-2.1 RFC 7009 §2.1}
 * @example
 * ```ts
 * import { clientSecretBasic, revoke } from '@oauthkit/core'
 *
 * const provider = {
 *   name: 'example',
 *   tokenEndpoint: 'https://id.example.com/token',
 *   revocationEndpoint: 'https://id.example.com/revoke',
 *   apis: ['https://api.example.com'],
 *   clientAuth: clientSecretBasic,
 * }
 * export const signOut = (token: string) => revoke({ provider, clientId: 'app', clientSecret: 'secret', token })
 * ```
 */
export const revoke = (request: RevocationRequest): Promise<void> =>
  callEndpoint(
    'revocationEndpoint',
    request,
    { token: request.token, token_type_hint: request.tokenTypeHint },
    async (answer) => {
      await readAnswer(answer)
    },
  )
