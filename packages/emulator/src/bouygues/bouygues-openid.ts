import type { OpenIdServer } from '../openid/openid-server.ts'
import type { User } from '../openid/openid-settings.ts'
import { bouyguesEndpoints } from './bouygues-addresses.ts'

/** The granted scope, for every request: the example in Bouygues' documentation. */
const SCOPE = 'ConsommationConsult openid identifiers roles profile'

const prefixes = { code: 'ac', accessToken: 'at', refreshToken: 'rt' }

/** The claims in the metadata, without the claims that every ID token has. */
const claims = ['login', 'name', 'family_name', 'given_name', 'email', 'user_type', 'login_type', 'roles']

function createServer(title: string, base: string, token: string, endSession: string): OpenIdServer {
  const endpoints = {
    authorization: `${base}/authorize`,
    token,
    userInfo: `${base}/userinfo`,
    revocation: `${base}/revoke`,
    jwks: `${base}/jwks.json`,
    endSession,
    discovery: `${base}/.well-known/openid-configuration`,
  }
  return {
    title,
    issuer: `https://${base}`,
    endpoints,
    cookieDomain: 'bouyguestelecom.fr',
    // Only the members in Bouygues' documentation: it has no grant types, no client authentication methods and no PKCE.
    metadata: {
      authorization_endpoint: `https://${endpoints.authorization}`,
      token_endpoint: `https://${endpoints.token}`,
      userinfo_endpoint: `https://${endpoints.userInfo}`,
      revocation_endpoint: `https://${endpoints.revocation}`,
      jwks_uri: `https://${endpoints.jwks}`,
      end_session_endpoint: `https://${endpoints.endSession}`,
      response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
      response_modes_supported: ['query', 'fragment'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'identifiers', 'roles'],
      claims_supported: ['sub', 'aud', 'iss', 'iat', 'auth_time', 'exp', ...claims],
    },
    isStateRequired: false,
    grantScope: () => SCOPE,
    idTokenClaims: claims,
    tellUserInfo: (all) => all,
    userInfoMethods: ['POST'],
    badTokenChallenge: 'Bearer error="invalid_token"',
    makeText: (kind) => `${prefixes[kind]}-${crypto.randomUUID()}`,
    answerExtras: { refresh_credit: 0 },
  }
}

/**
 * The OpenID providers of Bouygues Telecom: production, and the staging environment AP4.
 *
 * @see {@link https://developer.bouyguestelecom.fr/node/172 | List all Oauth Endpoints}
 */
export const bouyguesServers: readonly OpenIdServer[] = [
  createServer(
    'Bouygues Telecom',
    'oauth2.bouyguestelecom.fr',
    bouyguesEndpoints.secret,
    'www.mon-compte.bouyguestelecom.fr/cas/logout',
  ),
  createServer(
    'Bouygues Telecom AP4',
    'oauth2.sandbox.bouyguestelecom.fr/ap4',
    bouyguesEndpoints.sandbox,
    'www.mon-compte.sandbox.bouyguestelecom.fr/ap4/cas/logout',
  ),
]

/** The claims of the default user. The members are those of the example in Bouygues' documentation, the values are made up. */
export const bouyguesUser: User['claims'] = {
  sub: '5d3b7e0c9a1f4e62b8d07c35a9e1f6402b7c8d915e3fa06d4c81b2e79f50a6d3',
  login_type: 'COMPTE_WEB_PROSPECT',
  roles: ['ROLE_FICTIF'],
  given_name: 'CAMILLE',
  acr: 'urn:bouyguestelecom:acr:classes:low',
  user_type: 'CLIENT',
  name: 'Camille Exemple',
  target_identity: false,
  partnerId: '2f1c7a54-6f0e-4d7b-9a3c-51e8d2b60f47',
  family_name: 'EXEMPLE',
}
