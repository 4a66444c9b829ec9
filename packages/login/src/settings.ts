import { lookUp, secureUrl, type ClientAuth, type Credential, type Provider } from '@oauthkit/core'
import type { AuthorizationServer } from 'oauth4webapi'
import { metadataOf } from './metadata.ts'

/** What {@link createLogin} takes. */
export type LoginOptions = {
  /**
   * Where users sign in. What it does not say of itself is looked up in its OpenID Connect metadata, where it has some: it needs
   * an `issuer` in any case, which that metadata and all ID tokens must name.
   */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret. @defaultValue None: a public client, which needs `clientAuth: none`. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The provider's way. */
  readonly clientAuth?: ClientAuth | undefined
  /** Where users come back to, exactly as the provider has it registered: `https:`, or `http:` on loopback. */
  readonly redirectUri: string
  /**
   * What to ask for, its words separated by blanks. Empty: nothing is sent, and the server decides.
   *
   * @defaultValue `openid`
   */
  readonly scope?: string | undefined
  /** The `fetch` to ask the provider with, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** How long each request to the provider may take, in milliseconds. @defaultValue 10_000 */
  readonly timeoutMs?: number | undefined
}

/** The same, complete and checked. */
export type LoginSettings = LoginOptions & {
  /** What the provider's data says, as metadata. */
  readonly metadata: AuthorizationServer
  readonly clientAuth: ClientAuth
  readonly scope: string
  readonly fetch: typeof fetch
  readonly timeoutMs: number
}

/**
 * Completes the options.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function settle(options: LoginOptions): LoginSettings {
  const { provider, redirectUri, scope = 'openid', timeoutMs = 10_000 } = options
  const { name, issuer } = provider
  if (!issuer) throw new TypeError(`${name}: issuer is missing: ID tokens could not be checked without`)
  secureUrl(issuer, `${name}: issuer`)
  if (secureUrl(redirectUri, `${name}: redirectUri`).hash) {
    throw new TypeError(`${name}: redirectUri must not have a fragment`)
  }
  for (const credential of ['clientId', 'clientSecret'] as const) {
    if (options[credential] === '' || (credential === 'clientId' && options.clientId === undefined)) {
      throw new TypeError(`${name}: ${credential} is missing or empty`)
    }
  }
  if (!(timeoutMs > 0 && timeoutMs <= 2_147_483_647)) {
    throw new TypeError(`${name}: timeoutMs must be a number above 0, and at most 2,147,483,647`)
  }
  const { clientAuth = provider.clientAuth, fetch = (input, init) => globalThis.fetch(input, init) } = options
  return { ...options, metadata: metadataOf(provider), clientAuth, scope, timeoutMs, fetch }
}

/** Looks the client's id up. */
export const clientIdOf = ({ provider, clientId }: LoginSettings): Promise<string> =>
  lookUp(provider, 'clientId', clientId)
