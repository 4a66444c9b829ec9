import { createTokenSource, isOAuthError, type OwnTokenSource, type TokenSourceOptions } from '@oauthkit/core'
import {
  createLogin,
  userLogin,
  type Login,
  type LoginOptions,
  type LoginTransaction,
  type StartOptions,
} from '@oauthkit/login'
import { expect } from 'vitest'
import type { Visit } from '../server/browser.ts'
import { withHeader, type RegisteredClient } from './openid-clients.ts'
import { startOpenIdProvider, type OpenIdSite } from './openid.ts'
import { shownBy } from './strings-within.ts'
import { errorOf } from './support.ts'

/** A certified OpenID provider, and an app that its users sign in to. */
export type LoginSite = Pick<OpenIdSite<LoginClient>, 'options' | 'api' | 'control'> & {
  /** The URL that users are sent to after they have signed out. */
  readonly signedOut: string
  /** Makes the app's login. Options can be changed. */
  readonly loginWith: (own?: Partial<LoginOptions>) => Login
  /** Makes a source of users' tokens. Options can be changed. */
  readonly sourceWith: (own?: TokenSourceOptions) => OwnTokenSource
  /** Signs a user in at the provider, up to the callback. The app must still call `finish`. */
  readonly comeBack: (login: Login, start?: StartOptions, visit?: Visit) => Promise<ComingBack>
  /** Signs a user in, and finishes the sign-in at the app. */
  readonly signIn: (login: Login, start?: StartOptions, visit?: Visit) => ReturnType<Login['finish']>
  /** Returns the error of a promise. It must be an `OAuthError` that shows no secret that was sent or received. */
  readonly refusalOf: (promise: Promise<unknown>) => Promise<unknown>
}

/** The arguments of `finish`. */
type ComingBack = [callbackUrl: string, transaction: LoginTransaction]

type LoginClient = Pick<LoginOptions, 'clientId' | 'clientSecret' | 'clientAuth'>

/** Makes the provider issue a refresh token. See OpenID Connect Core 1.0 §11. */
const offline: StartOptions = { parameters: { prompt: 'consent' } }

/** Starts a provider that knows the app. The provider stops at the end of the test. */
export async function startLoginSite(
  client: RegisteredClient<LoginClient> = withHeader(),
  app = 'https://app.example',
): Promise<LoginSite> {
  const redirectUri = `${app}/callback`
  const signedOut = `${app}/signed-out`
  const metadata = {
    ...client.metadata,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [signedOut],
  }
  const site = await startOpenIdProvider({ ...client, metadata })
  const { options, control } = site
  const secrets = new Set(typeof options.clientSecret === 'string' ? [options.clientSecret] : [])
  const fetch = recordInto(secrets)

  const comeBack: LoginSite['comeBack'] = async (login, start = offline, visit = {}) => {
    const { url, transaction } = await login.start(start)
    const callbackUrl = await control('browse', url, visit)
    const { state, nonce, codeVerifier } = transaction
    const code = new URL(callbackUrl).searchParams.get('code')
    for (const secret of [state, nonce, codeVerifier, code]) if (secret) secrets.add(secret)
    // A session stores the transaction as JSON.
    return [callbackUrl, JSON.parse(JSON.stringify(transaction)) as LoginTransaction]
  }
  return {
    ...site,
    signedOut,
    // All scopes of these tests include openid, so there are claims.
    loginWith: (own) =>
      createLogin({ ...options, redirectUri, fetch, scope: 'openid profile offline_access', ...own }) as Login,
    sourceWith: (own) => createTokenSource({ ...options, grant: userLogin(), fetch, ...own }),
    comeBack,
    signIn: async (login, start, visit) => login.finish(...(await comeBack(login, start, visit))),
    refusalOf: async (promise) => {
      const error = await errorOf(promise)
      expect(error).toSatisfy(isOAuthError)
      const shown = shownBy(error)
      for (const secret of secrets) expect(shown).not.toContain(secret)
      return error
    },
  }
}

/** Returns a fetch that records each secret that is sent or received. */
function recordInto(secrets: Set<string>): typeof fetch {
  const names = /^(code|code_verifier|client_secret|client_assertion|(access|refresh|id)_token|token)$/
  const note = (entries: Iterable<readonly [string, unknown]>) => {
    for (const [name, value] of entries) if (names.test(name) && typeof value === 'string') secrets.add(value)
  }
  return async (input, init) => {
    const [, credential] = new Headers(init?.headers).get('authorization')?.split(' ') ?? []
    if (credential) secrets.add(credential)
    note(new URLSearchParams(init?.body as string))
    const response = await fetch(input, init)
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => ({}))
    note(Object.entries(Object(answer) as object))
    return response
  }
}
