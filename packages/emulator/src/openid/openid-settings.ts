import type { EditIdToken } from './id-token-attacks.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'

/** A user who can sign in. */
export type User = {
  /** The password. */
  readonly password: string
  /** The claims of the user. The provider decides which of them are in ID tokens and user info. */
  readonly claims: {
    /** The user's id. */
    readonly sub: string
    readonly [claim: string]: unknown
  }
}

/** The default user. */
export const emulatedUser = {
  /** The user name. */
  user: 'emulated-user',
  /** The password. */
  password: 'emulated-password',
} as const

/** Edits a value before it is sent. */
export type Edit<T extends object> = (honest: T) => T

/** The settings of providers where users sign in. */
export type OpenIdSettings = {
  /**
   * The registered redirect URIs of each client id. They are compared exactly.
   *
   * @defaultValue `http://localhost:3000/callback` for `emulated-client`.
   */
  readonly redirectUris: Map<string, readonly string[]>
  /**
   * The registered URLs for users who have signed out, by client id.
   *
   * @defaultValue `http://localhost:3000/` for `emulated-client`.
   */
  readonly postLogoutRedirectUris: Map<string, readonly string[]>
  /**
   * The users who can sign in, by user name.
   *
   * @defaultValue `emulated-user`, whose password is `emulated-password`.
   */
  readonly users: Map<string, User>
  /**
   * Whether the token response for a user has a refresh token. It works one time. A second use revokes all tokens of
   * the sign-in.
   *
   * @defaultValue false
   */
  refreshTokens: boolean
  /**
   * Whether every sign-in ends immediately with `access_denied`, as if the user had denied it.
   *
   * @defaultValue false
   */
  denyLogin: boolean
  /**
   * Edits ID tokens. {@link idTokenAttacks} has ready-made edits.
   *
   * @defaultValue None: they are correct.
   */
  editIdToken: EditIdToken | undefined
  /**
   * Edits the parameters of the redirect to the client: `code` and `state`, or `error`, `error_description` and
   * `state`. An `undefined` parameter is left out.
   *
   * @example `editCallback = (parameters) => ({ ...parameters, state: undefined })`
   * @defaultValue None: they are correct.
   */
  editCallback: Edit<Readonly<Record<string, string | undefined>>> | undefined
  /**
   * Edits the OpenID Connect metadata.
   *
   * @defaultValue None: it is correct.
   */
  editDiscovery: Edit<Readonly<Record<string, unknown>>> | undefined
  /**
   * Edits user info.
   *
   * @defaultValue None: it is correct.
   */
  editUserInfo: Edit<Readonly<Record<string, unknown>>> | undefined
  /** The keys that sign ID tokens, to rotate. */
  readonly keys: SigningKeys
}

/** Makes the default settings of a provider. */
export function createOpenIdSettings(provider: string, claims: User['claims']): OpenIdSettings {
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
    keys: createSigningKeys(provider),
  }
}
