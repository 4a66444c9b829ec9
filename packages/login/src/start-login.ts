import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  type AuthorizationServer,
} from 'oauth4webapi'
import { clientIdOf, type LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'

/** What a sign-in may ask for. */
export type StartOptions = {
  /** How long ago the user may have signed in at most, in seconds: `max_age`. It is checked when the user comes back. */
  readonly maxAge?: number | undefined
  /**
   * Further parameters of the authorization request under their wire names, such as `prompt`, `login_hint`, `acr_values`.
   *
   * Not those that the login sets itself.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** A sign-in that was started. */
export type LoginRequest = {
  /** Where to send the user's browser. */
  readonly url: string
  /** What to remember in the user's session until the callback. */
  readonly transaction: LoginTransaction
}

/** Starts a sign-in. */
export async function startLogin(
  settings: LoginSettings,
  server: AuthorizationServer,
  { maxAge, parameters = {} }: StartOptions,
): Promise<LoginRequest> {
  const { provider, redirectUri, scope } = settings
  if (!server.authorization_endpoint) throw new TypeError(`${provider.name}: authorizationEndpoint is missing`)
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0)) {
    throw new TypeError(`${provider.name}: maxAge must be a whole number of seconds, 0 or more`)
  }
  const state = generateRandomState()
  const nonce = generateRandomNonce()
  const codeVerifier = generateRandomCodeVerifier()
  const own = {
    response_type: 'code',
    client_id: await clientIdOf(settings),
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    max_age: maxAge === undefined ? '' : String(maxAge),
  }
  const clash = Object.keys(parameters).find((name) => Object.hasOwn(own, name) || unsupported.has(name))
  if (clash) throw new TypeError(`${provider.name}: parameters must not hold ${clash}: the login sets it itself`)

  const odd = Object.entries(parameters).find(([, value]) => typeof value !== 'string')
  if (odd) throw new TypeError(`${provider.name}: the parameter ${odd[0]} must be a string`)

  const url = new URL(server.authorization_endpoint)
  for (const [name, value] of Object.entries({ ...parameters, ...own })) {
    if (value !== '') url.searchParams.set(name, value)
  }
  return {
    url: url.href,
    transaction: { state, nonce, codeVerifier, issuer: server.issuer, ...(maxAge !== undefined && { maxAge }) },
  }
}

/** What would bring the answer, or the question, in another way than this package knows. */
const unsupported = new Set(['response_mode', 'request', 'request_uri'])
