import { plainBasic, type Provider } from '@oauthkit/core'

/**
 * Bouygues Telecom in production: the portal for the applications of consumers and partners.
 *
 * The header holds the plain base64 of `id:secret` (Basic). The text of one page names the secret alone, but its
 * example has both.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication Authentication}
 */
export const bouygues: Provider = {
  name: 'bouygues',
  issuer: 'https://oauth2.bouyguestelecom.fr',
  authorizationEndpoint: 'https://oauth2.bouyguestelecom.fr/authorize',
  tokenEndpoint: 'https://oauth2.bouyguestelecom.fr/token',
  userinfoMethod: 'POST',
  apis: ['https://open.api.bouyguestelecom.fr', 'https://api.bouyguestelecom.fr'],
  clientAuth: plainBasic,
}

const ap4 = 'https://oauth2.sandbox.bouyguestelecom.fr/ap4'

/**
 * Bouygues Telecom's staging environment "AP4".
 *
 * @see {@link https://developer.bouyguestelecom.fr/node/172 List all Oauth Endpoints}
 */
export const bouyguesAp4: Provider = {
  ...bouygues,
  name: 'bouygues-ap4',
  issuer: ap4,
  authorizationEndpoint: `${ap4}/authorize`,
  tokenEndpoint: `${ap4}/token`,
  revocationEndpoint: `${ap4}/revoke`,
  userinfoEndpoint: `${ap4}/userinfo`,
  endSessionEndpoint: 'https://www.mon-compte.sandbox.bouyguestelecom.fr/ap4/cas/logout',
  jwksUri: `${ap4}/jwks.json`,
  apis: [
    'https://open.api.sandbox.bouyguestelecom.fr/ap4',
    // The secured mocks.
    'https://open.api.sandbox.bouyguestelecom.fr/ap/trial',
    'https://api.sandbox.bouyguestelecom.fr/ap4',
  ],
}

/**
 * Bouygues Telecom Entreprises, the portal for companies, with a client secret.
 *
 * Its server is that of {@link bouygues}.
 * Only its customers know its three API base URLs, so the option `apis` is required.
 *
 * @see {@link https://developer.bouyguestelecom-entreprises.fr/docs/authentication Authentication}
 */
export const bouyguesEntreprises: Provider = { ...bouygues, name: 'bouygues-entreprises', apis: [] }

const realm = 'https://mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise'

/**
 * The realm that accepts signed assertions instead of a secret. The grant `appCertificate` selects it.
 *
 * Its `apis` are those of the consumer portal, because that portal's documentation describes this realm for those APIs.
 *
 * Only its customers know the APIs of the portal for companies: give them in the option `apis`.
 *
 * @see {@link https://developer.bouyguestelecom.fr/docs/authentication App credentials with certificate}
 */
export const bouyguesEntreprisesRealm: Provider = {
  name: 'bouygues-entreprises-realm',
  issuer: realm,
  tokenEndpoint: `${realm}/protocol/openid-connect/token`,
  apis: bouygues.apis,
  clientAuth: refuseSecrets,
  defaultLifetimeMs: 300_000,
  readTokenResponse: nameAudiences,
}

/** Adds to a refusal of the client which audiences its assertion can have, because the documentation names two. */
function nameAudiences(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error, error_description: said } = members
  if (error !== 'invalid_client') return members
  const hint = `the audience of the assertion can be ${realm} or ${realm}/protocol/openid-connect/token`
  return { ...members, error_description: typeof said === 'string' && said ? `${said}; ${hint}` : hint }
}

/** The realm's client authentication if no grant sets one. It always throws, because the realm accepts no secret. */
export function refuseSecrets(): never {
  throw new TypeError('the realm accepts only signed assertions: set the option grant to appCertificate()')
}
