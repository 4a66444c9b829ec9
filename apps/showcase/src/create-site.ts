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

/** The options of {@link createSite}. */
export type SiteOptions = {
  readonly clients: Clients
  /** Revokes a token of an emulated client. Absent if nothing is emulated. */
  readonly revoke?: ((client: keyof Clients, accessToken: string) => Promise<void>) | undefined
  readonly stores: Stores
  readonly log: Logger
  /** Where browsers find the site, without a slash at its end. */
  readonly publicUrl: string
  /** The secrets that encrypt the cookies. The first one encrypts, and all decrypt. */
  readonly sessionSecrets: readonly string[]
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number
  /** Whether there is a tokens page. */
  readonly hasTokensPage: boolean
  /** Aborted when the site has to end. */
  readonly closing: AbortSignal
  /** The `fetch` for token requests and sign-ins. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /** How long one attempt of an API call can take, in milliseconds. @defaultValue 4000 */
  readonly attemptTimeoutMs?: number | undefined
}

/** The site. */
export type Site = {
  /** Answers requests. */
  readonly handle: Express
  /** Resolves when no token is being renewed, and each new one is stored. Await it before you close the stores. */
  readonly idle: () => Promise<unknown>
}

/**
 * Creates the site. Its state is in the stores, and in what this function creates once: token sources, their histories, the
 * login.
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
  const login =
    client &&
    bouyguesLogin({ ...client.credentials, provider: client.provider, redirectUri: `${publicUrl}/callback`, fetch })
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
    signIn: login && tokensOf && usageOf && { login, tokensOf, usageOf },
    histories,
    actionsOf,
  })
  return {
    handle,
    idle: () => Promise.all([tokensOf?.idle(), ...services.tokens.map(({ source }) => source.idle())]),
  }
}
