import { appCertificate, bouyguesTokens } from '@oauthkit/bouygues'
import type { OwnTokenSource, TokenEvent, TokenStore } from '@oauthkit/core'
import { digitaleoTokens } from '@oauthkit/digitaleo'
import { orangeTokens } from '@oauthkit/orange'
import type { Clients } from './clients.ts'

/** The names of what the app does without a user. */
export type ServiceName = Exclude<keyof Clients, 'login'>

/** The options of a token source, for {@link serviceTokens}. */
export type SourceOptions = {
  readonly store: TokenStore
  readonly onEvent: (event: TokenEvent) => void
  readonly fetch?: typeof fetch | undefined
}

/**
 * Creates the token source of a service. Returns `undefined` if the service is not configured. Create it once in a process,
 * because it keeps the token.
 *
 * @throws `TypeError` if a credential is missing; it names the environment variable.
 */
export function serviceTokens(name: ServiceName, clients: Clients, options: SourceOptions): OwnTokenSource | undefined {
  const { shops, campaigns, contracts } = clients
  if (name === 'shops' && shops) {
    return orangeTokens({ ...shops.credentials, provider: shops.provider, ...options })
  }
  if (name === 'campaigns' && campaigns) {
    return digitaleoTokens({ ...campaigns.credentials, provider: campaigns.provider, ...options })
  }
  if (name === 'contracts' && contracts) {
    const { provider, url, credentials } = contracts
    return bouyguesTokens({ provider, grant: appCertificate(credentials), apis: [url], ...options })
  }
  return undefined
}
