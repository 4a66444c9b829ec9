import { isAccessToken, type TokenSource } from '../token.ts'

/** Where a fixed token may be sent, and the headers that are sent with it. */
export type FixedTokenOptions = Pick<TokenSource, 'apis' | 'exceptApis' | 'insecureHosts' | 'headers'>

/**
 * Makes a source of one token that never changes.
 *
 * @throws `TypeError` if the token cannot be sent in a header. The message does not show it.
 */
export function fixedToken(accessToken: string, options: FixedTokenOptions | undefined): TokenSource {
  if (!isAccessToken(accessToken)) throw new TypeError('bearer: the token is empty, or cannot be sent in a header')
  const authorization = `Bearer ${accessToken}`
  return { ...(options as FixedTokenOptions), peek: () => authorization, getToken: async () => ({ accessToken }) }
}
