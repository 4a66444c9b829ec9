import type { OwnTokenSource, TokenSource } from '@oauthkit/core'
import type { TokenHistory } from './token-history.ts'

/** Creates a source whose history sees each token that calls get. */
export function watch(source: OwnTokenSource, history: TokenHistory): TokenSource {
  const scheme = 'Bearer '
  return {
    ...source,
    getToken: async (options) => {
      const token = await source.getToken(options)
      history.saw(token.accessToken)
      return token
    },
    peek: () => {
      const header = source.peek()
      if (header !== undefined) history.saw(header.slice(scheme.length))
      return header
    },
  }
}
