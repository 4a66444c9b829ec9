import type { JWK } from 'jose'
import { createOpenIdSettings, type OpenIdSettings } from '../openid/openid-settings.ts'
import { bouyguesUser } from './bouygues-openid.ts'

/** The settings that only Bouygues Telecom has. */
export type BouyguesSettings = OpenIdSettings & {
  /**
   * The ids of clients with a certificate, each with its RSA public key, as a JWK or as SPKI in PEM.
   *
   * @defaultValue None.
   */
  readonly publicKeys: Map<string, JWK | string>
  /**
   * The lifetime of the tokens that clients with a certificate get from now on, in milliseconds.
   *
   * @defaultValue 300_000
   */
  certificateLifetimeMs: number
}

/** Makes the default settings. */
export function createBouyguesSettings(): BouyguesSettings {
  return { ...createOpenIdSettings('bouygues', bouyguesUser), publicKeys: new Map(), certificateLifetimeMs: 300_000 }
}
