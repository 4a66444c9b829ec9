import type { Provider } from '@oauthkit/core'

/** Whether a provider is the real one or an emulator. */
export type Mode = 'live' | 'emulated'

/** How to reach one provider, and as whom. */
type Client<Credentials> = {
  readonly mode: Mode
  /** The authorization server. */
  readonly provider: Provider
  /** Where its API is, without a slash at its end. */
  readonly url: string
  /** What the environment does not say. */
  readonly credentials: Partial<Credentials>
}

/** A client that has a secret. */
export type SecretClient = Client<{ readonly clientId: string; readonly clientSecret: string }>

/** A client that signs assertions. */
type CertificateClient = Client<{ readonly clientId: string; readonly privateKey: string }>

/** What the app can do, by what it has a client for. */
export type Clients = {
  /** Shops, from Orange. */
  readonly shops?: SecretClient
  /** Campaigns, from Digitaleo. */
  readonly campaigns?: SecretClient
  /** Contracts, from Bouygues Telecom, by a certificate. */
  readonly contracts?: CertificateClient
  /** Signing users in, at Bouygues Telecom. */
  readonly login?: SecretClient
}
