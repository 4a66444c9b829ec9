import type { EditIdToken } from './id-token-attacks.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'

/** Somebody who can sign in. */
export type User = {
  /** The password. */
  readonly password: string
  /** What is known of the user; of this, ID tokens and user info tell what the provider tells. */
  readonly claims: { readonly sub: string; readonly [claim: string]: unknown }
}

/** Who signs in where nobody else is named. */
export const emulatedUser = { user: 'emulated-user', password: 'emulated-password' } as const

/** Edits what is about to be sent. */
export type Edit<T extends object> = (honest: T) => T

/** What providers that sign users in let their users set. */
export type OpenIdSettings = {
  /**
   * Where a client's users may come back to: each client id with its redirect URIs, which are compared letter for letter.
   *
   * @defaultValue `http://localhost:3000/callback` for `emulated-client`.
   */
  readonly redirectUris: Map<string, readonly string[]>
  /**
   * Where a client's users may go after they signed out.
   *
   * @defaultValue `http://localhost:3000/` for `emulated-client`.
   */
  readonly postLogoutRedirectUris: Map<string, readonly string[]>
  /**
   * Who can sign in, by user name.
   *
   * @defaultValue `emulated-user`, whose password is `emulated-password`.
   */
  readonly users: Map<string, User>
  /**
   * Whether users' tokens come with a refresh token: good once, and whoever shows it twice loses all that came of that sign-in.
   *
   * @defaultValue false
   */
  refreshTokens: boolean
  /**
   * Whether every sign-in ends at once with `access_denied`, as if the user had said no.
   *
   * @defaultValue false
   */
  denyLogin: boolean
  /**
   * Edits ID tokens; {@link idTokenAttacks} has ready-made ones.
   *
   * @defaultValue None: they are honest.
   */
  editIdToken: EditIdToken | undefined
  /**
   * Edits the parameters with which users come back: `code` and `state`, or `error`, `error_description` and `state`; what is `undefined` is left out.
   *
   * @example `editCallback = (parameters) => ({ ...parameters, state: undefined })`
   * @defaultValue None: they are honest.
   */
  editCallback: Edit<Readonly<Record<string, string | undefined>>> | undefined
  /**
   * Edits the OpenID Connect metadata.
   *
   * @defaultValue None: it is honest.
   */
  editDiscovery: Edit<Readonly<Record<string, unknown>>> | undefined
  /**
   * Edits what user info tells.
   *
   * @defaultValue None: it is honest.
   */
  editUserInfo: Edit<Readonly<Record<string, unknown>>> | undefined
  /** The keys that sign ID tokens, to rotate. */
  readonly keys: SigningKeys
}

/** Makes the settings as they are at the start. */
export function createOpenIdSettings(claims: User['claims']): OpenIdSettings {
  return {
    redirectUris: new Map([['emulated-client', ['http://localhost:3000/callback']]]),
    postLogoutRedirectUris: new Map([['emulated-client', ['http://localhost:3000/']]]),
    users: new Map([[emulatedUser.user, { password: emulatedUser.password, claims }]]),
    refreshTokens: false,
    denyLogin: false,
    editIdToken: undefined,
    editCallback: undefined,
    editDiscovery: undefined,
    editUserInfo: undefined,
    keys: createSigningKeys(),
  }
}
