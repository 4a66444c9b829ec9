import { bouyguesLogin } from '@oauthkit/bouygues'
import type { Express } from 'express'
import type { Logger } from 'pino'
import { createApp } from './create-app.ts'
import { createServices } from './create-services.ts'
import { createUserTokens } from './login/user-tokens.ts'
import { readUsage } from './profile/read-usage.ts'
import type { Clients } from './providers/clients.ts'
import { createApi } from './providers/create-api.ts'
import type { Stores } from './stores/stores.ts'
import { emulatorActions } from './tokens/emulator-actions.ts'
import type { TokenActions } from './tokens/token-actions.ts'
import { createTokenHistories } from './tokens/token-histories.ts'

/** What the site is made of. */
export type SiteOptions = {
  readonly clients: Clients
  /** Revokes a token of an emulated client; absent: nothing is emulated. */
  readonly revoke?: ((client: keyof Clients, accessToken: string) => Promise<void>) | undefined
  readonly stores: Stores
  readonly log: Logger
  /** Where browsers find the site, without a slash at its end. */
  readonly publicUrl: string
  /** What signs and encrypts cookies; the first does so, and all are taken. */
  readonly sessionSecrets: readonly string[]
  /** How long a session lasts after its last request, in milliseconds. */
  readonly sessionMs: number
  /** Whether the page of the tokens is there. */
  readonly hasTokensPage: boolean
  /** Aborted once the site is to end. */
  readonly closing: AbortSignal
  /** The `fetch` for token requests and sign-ins. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** How long one attempt of an API call may take, in milliseconds. @defaultValue 4000 */
  readonly attemptTimeoutMs?: number | undefined
}

/** The site. */
export type Site = {
  /** Answers requests. */
  readonly handle: Express
  /** Resolves when no token is being renewed, and each new one is stored: await it before the stores are closed. */
  readonly idle: () => Promise<unknown>
}

/**
 * Puts the site together. All state is in the stores, and in what it makes once: token sources, their histories, the login.
 *
 * @throws `TypeError` if a credential is missing; it names the environment variable.
 */
export function createSite(options: SiteOptions): Site {
  const { clients, stores, log, publicUrl, fetch, attemptTimeoutMs } = options
  const store = stores.tokens
  const histories = createTokenHistories(log)
  const services = createServices({ clients, store, histories, fetch, attemptTimeoutMs })
  const { login: client } = clients
  const tokensOf = client && createUserTokens({ client, store, histories, fetch })
  const login = client && {
    ...client,
    publicUrl,
    login: bouyguesLogin({
      ...client.credentials,
      provider: client.provider,
      redirectUri: `${publicUrl}/callback`,
      fetch,
    }),
  }
  const usageOf =
    client &&
    tokensOf &&
    ((user: string) => readUsage(createApi({ tokens: tokensOf(user).tokens, url: client.url, attemptTimeoutMs })))

  const actionsOf = (id: string, user: string | undefined): TokenActions | undefined => {
    const found =
      id === 'user' && user !== undefined && tokensOf && usageOf
        ? { ...tokensOf(user), name: 'login' as const, call: () => usageOf(user) }
        : services.tokens.find(({ name }) => name === id)
    if (!found) return undefined
    const { revoke } = options
    if (!revoke || clients[found.name]?.mode !== 'emulated') return { call: found.call }
    return emulatorActions({ ...found, revoke: (accessToken) => revoke(found.name, accessToken) })
  }

  const handle = createApp({
    ...options,
    services,
    signIn: login && tokensOf && usageOf && { login: login.login, tokensOf, usageOf },
    histories,
    actionsOf,
  })
  return {
    handle,
    idle: () => Promise.all([tokensOf?.idle(), ...services.tokens.map(({ source }) => source.idle())]),
  }
}
