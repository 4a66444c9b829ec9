import { clientSecretBasic, type Provider } from '@oauthkit/core'

/**
 * My Provider's authorization server for applications, and the APIs that take its tokens.
 *
 * @see {@link https://docs.example.com/oauth My Provider's documentation}
 */
export const myProvider: Provider = {
  name: 'my-provider',
  tokenEndpoint: 'https://auth.example.com/oauth2/token',
  tokenRequest: { method: 'GET' }, // only request_get
  tokenRequest: { body: 'json' }, // only request_json
  tokenTypes: ['my-token-type'], // only token_type
  apis: ['https://api.example.com'],
  clientAuth: clientSecretBasic,
}
