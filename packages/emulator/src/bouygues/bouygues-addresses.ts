/** The addresses of the token endpoints, without `https://`. */
export const bouyguesEndpoints = {
  /** For clients with a secret. */
  secret: 'oauth2.bouyguestelecom.fr/token',
  /** For clients with a secret, in the sandbox. */
  sandbox: 'oauth2.sandbox.bouyguestelecom.fr/ap4/token',
  /** For clients with a certificate. */
  certificate: 'mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise/protocol/openid-connect/token',
} as const

/** The realm of clients with a certificate. */
export const bouyguesRealm = 'mon-compte.bouyguestelecom-entreprises.fr/realms/entreprise'

/** An environment: its APIs, and the token endpoints for them. */
export type Environment = {
  /** The prefix of its APIs' paths. */
  readonly prefix: string
  /** The token endpoints whose tokens it accepts. */
  readonly endpoints: readonly string[]
}

const production: Environment = { prefix: '', endpoints: [bouyguesEndpoints.secret, bouyguesEndpoints.certificate] }
const sandbox: Environment = { prefix: '/ap4', endpoints: [bouyguesEndpoints.sandbox] }

/** The environments, by the hosts of their APIs. */
export const bouyguesApis: Readonly<Record<string, Environment>> = {
  'open.api.bouyguestelecom.fr': production,
  'api.bouyguestelecom.fr': production,
  'open.api.sandbox.bouyguestelecom.fr': sandbox,
  'api.sandbox.bouyguestelecom.fr': sandbox,
}
