import type { Provider } from '@oauthkit/core'

/** Whether a provider is the real one, or an emulator. */
export type Mode = 'live' | 'emulated'

/** How to reach one provider, and with which client. */
type Client<Credentials> = {
  readonly mode: Mode
  /** The authorization server. */
  readonly provider: Provider
  /** The URL of its API, without a slash at its end. */
  readonly url: string
  /** The credentials that are not in the environment. */
  readonly credentials: Partial<Credentials>
}

/** A client with a secret. */
export type SecretClient = Client<{ readonly clientId: string; readonly clientSecret: string }>

/** A client that signs assertions. */
type CertificateClient = Client<{ readonly clientId: string; readonly privateKey: string }>

/** The clients of the app. It can do what it has a client for. */
export type Clients = {
  /** Shops, from Orange. */
  readonly shops?: SecretClient
  /** Campaigns, from Digitaleo. */
  readonly campaigns?: SecretClient
  /** Contracts, from Bouygues Telecom, with a certificate. */
  readonly contracts?: CertificateClient
  /** The sign-in of users, at Bouygues Telecom. */
  readonly login?: SecretClient
}
