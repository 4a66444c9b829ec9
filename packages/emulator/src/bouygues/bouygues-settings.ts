import type { JWK } from 'jose'
import { createOpenIdSettings, type OpenIdSettings } from '../openid/openid-settings.ts'
import { bouyguesUser } from './bouygues-openid.ts'

/** What only Bouygues Telecom lets its users set. */
export type BouyguesSettings = OpenIdSettings & {
  /**
   * The clients that sign in with a certificate: each id with its RSA public key, as a JWK or as SPKI in PEM.
   *
   * @defaultValue None.
   */
  readonly publicKeys: Map<string, JWK | string>
  /**
   * How long the tokens live that clients with a certificate get from now on, in milliseconds.
   *
   * @defaultValue 300_000
   */
  certificateLifetimeMs: number
}

/** Makes the settings as they are at the start. */
export function createBouyguesSettings(): BouyguesSettings {
  return { ...createOpenIdSettings(bouyguesUser), publicKeys: new Map(), certificateLifetimeMs: 300_000 }
}
