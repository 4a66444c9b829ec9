import type { OpenIdServer } from '../openid/openid-server.ts'
import { randomText } from '../random.ts'

/** The addresses of Orange's token endpoints, without `https://`; a token of one is no good for the APIs of another. */
export const orangeEndpoints = {
  /** For the APIs of `api.orange.com`. */
  machine: 'api.orange.com/oauth/v3/token',
  /** For the APIs of `inside01.api.orange.com`. */
  inside: 'inside01.api.orange.com/oauth/v3/token',
  /** For the APIs of the Network APIs Playground. */
  playground: 'api.orange.com/openidconnect/playground/v1.0/token',
  /** For users of Orange France, and the APIs that are about them. */
  france: 'api.orange.com/openidconnect/fr/v1/token',
} as const

const base = 'api.orange.com/openidconnect/fr/v1'

const endpoints = {
  authorization: `${base}/authorize`,
  token: orangeEndpoints.france,
  userInfo: `${base}/userinfo`,
  // No page names it.
  jwks: `${base}/jwks`,
  discovery: `${base}/.well-known/openid-configuration`,
}

/** What rejects a user's token: the page's sample has no scheme before the error. */
export const franceChallenge = 'error="invalid_token"'

/**
 * Where users of Orange France sign in.
 *
 * @see {@link https://developer.orange.com/apis/authentication-fr/api-reference | Authentication France}
 */
export const orangeFrance: OpenIdServer = {
  title: 'Orange France',
  issuer: 'https://openid.orange.fr',
  endpoints,
  // Public clients note that there is no userinfo_endpoint in it; the rest is as little as OpenID Connect asks for.
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

/** What is known of the user that is there from the start; made up. */
export const orangeUser = { sub: '7b1f60d2c94e4a58' }
