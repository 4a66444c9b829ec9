import { bouyguesTokens, userLogin } from '@oauthkit/bouygues'
import { tokensBy, type OwnTokenSource, type TokenSource, type TokenStore } from '@oauthkit/core'
import { membersOf } from '@oauthkit/core/plugin'
import type { SecretClient } from '../providers/clients.ts'
import type { TokenHistories } from '../tokens/token-histories.ts'
import type { TokenHistory } from '../tokens/token-history.ts'
import { watch } from '../tokens/watch.ts'

/** The tokens of one user. Calls for other users never get them. */
export type UserTokens = {
  /** The source of the tokens. */
  readonly source: OwnTokenSource
  /** The same for sign-ins and log-outs, which the history shows. */
  readonly recorded: OwnTokenSource
  /** The same for calls: the history shows the token that each call got. */
  readonly tokens: TokenSource
  /** What happened to the tokens. */
  readonly history: TokenHistory
}

/** The options of {@link createUserTokens}. */
export type UserTokensOptions = {
  readonly client: SecretClient
  readonly store: TokenStore
  readonly histories: TokenHistories
  readonly fetch?: typeof fetch | undefined
}

/** Finds the tokens of a user. `idle` resolves when no user's token is being renewed, and each new one is stored. */
export type TokensOf = ((user: string) => UserTokens) & Pick<OwnTokenSource, 'idle'>

/** Creates the function that finds the tokens of a user. */
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
    return { source, recorded: record(source, history), tokens: watch(source, history), history }
  }
  return Object.assign(tokensOf, { idle: sourceOf.idle })
}

/** Returns a source that tells a history about each sign-in and log-out. */
const record = (source: OwnTokenSource, history: TokenHistory): OwnTokenSource => ({
  ...membersOf(source),
  setToken: async (token) => {
    await source.setToken(token)
    history.holds(token, { mark: 'renewed', text: 'Received when you signed in' })
  },
  clear: async () => {
    const token = await source.clear()
    history.forget()
    if (!token) return undefined
    // The log-out would put the ID token into a URL, which is kept in the browser's history and in logs.
    const { idToken: _left, ...others } = token
    return others
  },
})
