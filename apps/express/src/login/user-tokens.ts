import { bouyguesTokens, userLogin } from '@oauthkit/bouygues'
import { tokensBy, type OwnTokenSource, type TokenSource, type TokenStore } from '@oauthkit/core'
import type { SecretClient } from '../providers/clients.ts'
import type { TokenHistories } from '../tokens/token-histories.ts'
import type { TokenHistory } from '../tokens/token-history.ts'
import { watch } from '../tokens/watch.ts'

/** The tokens of one user, which are never anybody else's. */
export type UserTokens = {
  /** Takes and forgets tokens. */
  readonly source: OwnTokenSource
  /** Gives tokens to calls. */
  readonly tokens: TokenSource
  /** What happened to them. */
  readonly history: TokenHistory
}

/** What {@link createUserTokens} takes. */
export type UserTokensOptions = {
  readonly client: SecretClient
  readonly store: TokenStore
  readonly histories: TokenHistories
  readonly fetch?: typeof fetch | undefined
}

/** Finds the tokens of a user. `idle` resolves when no user's token is being renewed, and each new one is stored. */
export type TokensOf = ((user: string) => UserTokens) & Pick<OwnTokenSource, 'idle'>

/** Makes what finds the tokens of a user. */
export function createUserTokens({ client, store, histories, fetch }: UserTokensOptions): TokensOf {
  const { provider, credentials, mode } = client
  const details = { id: 'user', title: 'Your sign-in', grant: 'Bouygues Telecom, authorization code', mode }
  const sourceOf = tokensBy((user) =>
    bouyguesTokens({
      ...credentials,
      provider,
      grant: userLogin(),
      store,
      key: user,
      fetch,
      onEvent: (event) => histories.ofUser(user, details).onEvent(event),
    }),
  )
  const tokensOf = (user: string): UserTokens => {
    const source = sourceOf(user)
    const history = histories.ofUser(user, details)
    return { source, tokens: watch(source, history), history }
  }
  return Object.assign(tokensOf, { idle: sourceOf.idle })
}
