import type { Provider } from '@oauthkit/core'
import type { JWK } from 'jose'
import type { EmulationOptions } from '../emulation.ts'
import type { User } from '../openid/openid-settings.ts'

/** A function that answers a call whose token was accepted. */
export type Answer = (request: Request) => Response | Promise<Response>

/** The options of a provider of your own. */
export type GenericOptions = EmulationOptions & {
  /** The provider's data, as your program uses it. The emulator accepts only what this data describes. */
  readonly provider: Provider
  /**
   * The answers of its APIs, by method and path, such as `GET /v1/shops`. Any other call gets 404. As on all emulated
   * providers, a path that ends with `/echo` describes the call.
   *
   * @defaultValue None.
   */
  readonly routes?: Readonly<Record<string, Answer>>
  /**
   * The public keys of the clients that sign assertions, by client id: for `privateKeyJwt` and `jwtBearer`.
   *
   * @defaultValue None.
   */
  readonly publicKeys?: Readonly<Record<string, JWK>>
  /**
   * Further grant types, each with a function that checks the form. Those of OAuth 2.0 that oauthkit has are there:
   * `client_credentials`, `authorization_code`, `refresh_token`, `jwt-bearer` and `token-exchange`.
   *
   * @defaultValue None.
   */
  readonly grants?: Readonly<Record<string, (form: URLSearchParams) => boolean>>
  /**
   * Writes the answers of the token endpoint under names of its own: the reverse of the provider's `readTokenResponse`.
   *
   * @defaultValue The names of RFC 6749 §5.
   */
  readonly writeTokenResponse?: (members: Readonly<Record<string, unknown>>, status: number) => object
  /** The claims of the user who can sign in. @defaultValue `{ sub: 'emulated-sub' }` */
  readonly userClaims?: User['claims']
}
