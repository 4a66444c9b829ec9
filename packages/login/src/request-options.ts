import { isOAuthError } from '@oauthkit/core'
import { errorCode, oauthError, readText, parseSecureUrl } from '@oauthkit/core/plugin'
import { allowInsecureRequests, customFetch, type CustomFetchOptions } from 'oauth4webapi'
import type { LoginSettings } from './settings.ts'

/** What any answer of a provider's may hold: metadata, keys, user info. */
const maxBytes = 1_048_576

/** Options for one request of the OpenID Connect library; `http:` is for loopback only, which is checked. */
export function requestOptions({ provider, fetch, signal }: LoginSettings, url: string) {
  const { name } = provider
  const send = async <Body>(input: string, init: CustomFetchOptions<string, Body>): Promise<Response> => {
    const { origin } = new URL(input)
    try {
      // The library says of what is absent that it is undefined, which the platform takes, and its type does not.
      const response = await fetch(input, init as RequestInit)
      const { status, headers } = response
      const { text, cut } = await readText(response, maxBytes)
      if (cut) throw oauthError(name, 'TOKEN_MALFORMED', `${origin} answered with more than 1 MB`)
      // What was not followed in a browser shows nothing of itself, not even its status.
      return status < 200 ? response : new Response(text || null, { status, headers })
    } catch (error) {
      if (isOAuthError(error)) throw error
      // Not passed on as a cause: what a fetch puts into its errors is not in our hands.
      throw oauthError(name, 'TOKEN_UNAVAILABLE', `${origin} did not answer (${errorCode(error)}): try again later`)
    }
  }
  return {
    [customFetch]: send,
    [allowInsecureRequests]: parseSecureUrl(url, `${name}: an endpoint`).protocol === 'http:',
    signal,
  }
}
