import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  type AuthorizationServer,
} from 'oauth4webapi'
import { membersOf } from '@oauthkit/core/plugin'
import { clientIdOf, type LoginSettings } from './settings.ts'
import type { LoginTransaction } from './transaction.ts'

/** The options of a sign-in. */
export type StartOptions = {
  /** The maximum time since the user's last sign-in at the provider, in seconds: `max_age`. `finish` checks it. */
  readonly maxAge?: number | undefined
  /**
   * More parameters of the authorization request, under their wire names, such as `prompt`, `login_hint`, `acr_values`.
   *
   * The parameters that the login sets itself are not allowed, nor are `response_mode`, `request` and `request_uri`.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** A sign-in that has started. */
export type LoginRequest = {
  /** Where to send the user's browser. */
  readonly url: string
  /** The data to keep in the user's session until the callback. */
  readonly transaction: LoginTransaction
}

/** Starts a sign-in. */
export async function startLogin(
  settings: LoginSettings,
  server: AuthorizationServer,
  options: StartOptions,
): Promise<LoginRequest> {
  const { maxAge, parameters = {} } = membersOf(options)
  const { provider, redirectUri, scope, isOpenId } = settings
  if (!server.authorization_endpoint) throw new TypeError(`${provider.name}: authorizationEndpoint is missing`)
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0)) {
    throw new TypeError(`${provider.name}: maxAge must be a whole number of seconds, 0 or more`)
  }
  if (maxAge !== undefined && !isOpenId)
    throw new TypeError(`${provider.name}: maxAge needs the scope openid, because only an ID token can confirm it`)
  const state = generateRandomState()
  const nonce = generateRandomNonce()
  const codeVerifier = generateRandomCodeVerifier()
  const own = {
    response_type: 'code',
    client_id: await clientIdOf(settings),
    redirect_uri: redirectUri,
    scope,
    state,
    nonce: isOpenId ? nonce : '',
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    max_age: maxAge === undefined ? '' : String(maxAge),
  }
  for (const name of Object.keys(parameters)) {
    const fail = (why: string) => new TypeError(`${provider.name}: parameters must not hold ${name}: ${why}`)
    if (Object.hasOwn(own, name)) throw fail('the login sets it itself')
    if (unsupported.has(name)) throw fail('the login does not support it')
  }
  const odd = Object.entries(parameters).find(([, value]) => typeof value !== 'string')
  if (odd) throw new TypeError(`${provider.name}: the parameter ${odd[0]} must be a string`)

  const url = new URL(server.authorization_endpoint)
  for (const [name, value] of Object.entries({ ...parameters, ...own })) {
    if (value !== '') url.searchParams.set(name, value)
  }
  return {
    url: url.href,
    transaction: {
      state,
      nonce,
      codeVerifier,
      issuer: server.issuer,
      redirectUri,
      ...(maxAge !== undefined && { maxAge }),
    },
  }
}

/** Parameters that send the request or the response in a way that this package does not support. */
const unsupported = new Set(['response_mode', 'request', 'request_uri'])
