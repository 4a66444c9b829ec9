import { OAuthError, secureUrl } from '@oauthkit/core'
import { allowInsecureRequests, customFetch, type CustomFetchOptions } from 'oauth4webapi'
import type { LoginSettings } from './settings.ts'

/** Options for one request of the OpenID Connect library; `http:` is for loopback only, which was checked. */
export function requestOptions({ provider, fetch, timeoutMs }: LoginSettings, url: string) {
  const { name } = provider
  const send = async <Body>(input: string, init: CustomFetchOptions<string, Body>): Promise<Response> => {
    try {
      // The library says of what is absent that it is undefined, which the platform takes, and its type does not.
      return await fetch(input, init as RequestInit)
    } catch {
      // What a fetch puts into its errors is not in our hands.
      const what = `${name}: ${new URL(input).origin} did not answer: try again later`
      throw new OAuthError('TOKEN_UNAVAILABLE', what, { provider: name })
    }
  }
  return {
    [customFetch]: send,
    [allowInsecureRequests]: secureUrl(url, `${name}: an endpoint`).protocol === 'http:',
    signal: AbortSignal.timeout(timeoutMs),
  }
}
