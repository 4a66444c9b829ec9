import type { OwnTokenSource, TokenStore } from '@oauthkit/core'
import { listCampaigns, type Campaign } from './campaigns/list-campaigns.ts'
import { listContracts, type Contract } from './contracts/list-contracts.ts'
import type { Clients } from './providers/clients.ts'
import { createApi } from './providers/create-api.ts'
import { serviceTokens, type ServiceName } from './providers/service-tokens.ts'
import { findShops, type Shop } from './shops/find-shops.ts'
import type { TokenHistories } from './tokens/token-histories.ts'
import type { TokenHistory } from './tokens/token-history.ts'
import { watch } from './tokens/watch.ts'

/** What the app does without a user. A member is absent if its provider is not configured. */
export type Services = {
  readonly findShops?: ((postalCode: string) => Promise<readonly Shop[]>) | undefined
  readonly listCampaigns?: (() => Promise<readonly Campaign[]>) | undefined
  readonly listContracts?: (() => Promise<readonly Contract[]>) | undefined
  /** The tokens for that. */
  readonly tokens: readonly ServiceToken[]
}

/** A token of the app itself. */
type ServiceToken = {
  readonly name: ServiceName
  readonly source: OwnTokenSource
  readonly history: TokenHistory
  /** Calls the API that the token is for. */
  readonly call: () => Promise<unknown>
}

/** The options of {@link createServices}. */
export type ServicesOptions = {
  readonly clients: Clients
  readonly store: TokenStore
  readonly histories: TokenHistories
  readonly fetch?: typeof fetch | undefined
  readonly attemptTimeoutMs?: number | undefined
}

/** Creates the services for which the app has clients. */
export function createServices({ clients, store, histories, fetch, attemptTimeoutMs }: ServicesOptions): Services {
  const open = (name: ServiceName) => {
    const client = clients[name]
    if (!client) return undefined
    const history = histories.ofApp({ id: name, ...about[name], mode: client.mode })
    const source = serviceTokens(name, clients, { store, fetch, onEvent: history.onEvent })
    if (!source) return undefined
    // For the contracts, the configuration has the whole URL. For the other APIs, it has the base URL.
    const { origin, pathname } = new URL(client.url)
    const url = name === 'contracts' ? origin : client.url
    const api = createApi({ tokens: watch(source, history), url, attemptTimeoutMs })
    return { name, source, history, api, path: pathname.slice(1) }
  }
  const shops = open('shops')
  const campaigns = open('campaigns')
  const contracts = open('contracts')
  const find = shops && ((postalCode: string) => findShops(shops.api, postalCode))
  const campaignsOf = campaigns && (() => listCampaigns(campaigns.api))
  const contractsOf = contracts && (() => listContracts(contracts.api, contracts.path))
  return {
    findShops: find,
    listCampaigns: campaignsOf,
    listContracts: contractsOf,
    tokens: [
      ...(find ? [{ ...shops, call: () => find('35000') }] : []),
      ...(campaignsOf ? [{ ...campaigns, call: campaignsOf }] : []),
      ...(contractsOf ? [{ ...contracts, call: contractsOf }] : []),
    ],
  }
}

/** The titles of the tokens. */
const about: Readonly<Record<ServiceName, { title: string; grant: string }>> = {
  shops: { title: 'Shops', grant: 'Orange, client credentials' },
  campaigns: { title: 'Campaigns', grant: 'Digitaleo, client credentials' },
  contracts: { title: 'Contracts', grant: 'Bouygues Telecom, app credentials with certificate' },
}
