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
  /** Where users are sent after they signed out. */
  readonly signedOut: string
  /** The app's login, or one with other options. */
  readonly loginWith: (own?: Partial<LoginOptions>) => Login
  /** A source of users' tokens. */
  readonly sourceWith: (own?: TokenSourceOptions) => OwnTokenSource
  /** Makes a user go through all of a sign-in but its end. */
  readonly comeBack: (login: Login, start?: StartOptions, visit?: Visit) => Promise<ComingBack>
  /** Makes a user sign in. */
  readonly signIn: (login: Login, start?: StartOptions, visit?: Visit) => ReturnType<Login['finish']>
  /** The error of something, which must be an `OAuthError` that shows nothing of what went over the wire. */
  readonly refusalOf: (promise: Promise<unknown>) => Promise<unknown>
}

/** What `finish` takes. */
type ComingBack = [callbackUrl: string, transaction: LoginTransaction]

type LoginClient = Pick<LoginOptions, 'clientId' | 'clientSecret' | 'clientAuth'>

/** What makes the provider give a refresh token. See OpenID Connect Core 1.0 §11. */
const offline: StartOptions = { parameters: { prompt: 'consent' } }

/** Starts a provider that knows the app; it ends with the test. */
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
    // As from a session, which keeps JSON.
    return [callbackUrl, JSON.parse(JSON.stringify(transaction)) as LoginTransaction]
  }
  return {
    ...site,
    signedOut,
    loginWith: (own) => createLogin({ ...options, redirectUri, fetch, scope: 'openid profile offline_access', ...own }),
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

/** A fetch that notes whatever is secret of what is sent and received. */
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
