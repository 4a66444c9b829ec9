import type { OpenIdServer } from '../openid/openid-server.ts'
import { randomText } from '../random.ts'

/** The addresses of Orange's token endpoints, without `https://`. The APIs of one reject the tokens of another. */
export const orangeEndpoints = {
  /** For the APIs of `api.orange.com`. */
  machine: 'api.orange.com/oauth/v3/token',
  /** For the APIs of `inside01.api.orange.com`. */
  inside: 'inside01.api.orange.com/oauth/v3/token',
  /** For the APIs of the Network APIs Playground. */
  playground: 'api.orange.com/openidconnect/playground/v1.0/token',
  /** For users of Orange France, and the APIs about them. */
  france: 'api.orange.com/openidconnect/fr/v1/token',
} as const

const base = 'api.orange.com/openidconnect/fr/v1'

const endpoints = {
  authorization: `${base}/authorize`,
  token: orangeEndpoints.france,
  userInfo: `${base}/userinfo`,
  // No page documents this one.
  jwks: `${base}/jwks`,
  discovery: `${base}/.well-known/openid-configuration`,
}

/** The challenge that rejects a user's token. The sample in Orange's documentation has no scheme before the error. */
export const franceChallenge = 'error="invalid_token"'

/**
 * The OpenID provider of Orange France.
 *
 * @see {@link https://developer.orange.com/apis/authentication-fr/api-reference | Authentication France}
 */
export const orangeFrance: OpenIdServer = {
  title: 'Orange France',
  issuer: 'https://openid.orange.fr',
  endpoints,
  // According to public clients it has no userinfo_endpoint. The rest is the minimum that OpenID Connect requires.
  metadata: {
    authorization_endpoint: `https://${endpoints.authorization}`,
    token_endpoint: `https://${endpoints.token}`,
    jwks_uri: `https://${endpoints.jwks}`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  },
  isStateRequired: true,
  grantScope: (asked) => (asked.split(' ').includes('openid') ? asked : undefined),
  idTokenClaims: [],
  tellUserInfo: ({ sub }) => ({ sub }),
  userInfoMethods: ['GET', 'POST'],
  badTokenChallenge: franceChallenge,
  makeText: () => `OFR-${randomText(32)}`,
  answerExtras: {},
}

/** The claims of the default user. They are made up. */
export const orangeUser = { sub: '7b1f60d2c94e4a58' }
