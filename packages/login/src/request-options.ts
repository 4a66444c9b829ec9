import { connectionAdvice, errorCode, oauthError, readText, parseSecureUrl } from '@oauthkit/core/plugin'
import { allowInsecureRequests, customFetch, type CustomFetchOptions } from 'oauth4webapi'
import type { LoginSettings } from './settings.ts'

/** The maximum size of each response of a provider: metadata, keys, user info. */
const maxBytes = 1_048_576

/**
 * Makes the options for one request of the OpenID Connect library. Checks that `http:` is used only on
 * loopback and for the `insecureHosts`.
 *
 * Next.js 14 keeps all responses on disk for a year, and answers with them. The requests are exempt, because that cache
 * would hold user info, and keys that the provider has replaced.
 */
export function requestOptions({ provider, fetch = globalThis.fetch, signal }: LoginSettings, url: string) {
  const { name, insecureHosts } = provider
  const send = async <Body>(input: string, init: CustomFetchOptions<string, Body>): Promise<Response> => {
    const { origin } = new URL(input)
    const ask = async () => {
      try {
        // The library sets absent members to `undefined`. The platform accepts this, but its type does not.
        const response = await fetch(input, { ...(init as RequestInit), next: { internal: true } } as RequestInit)
        return { response, ...(await readText(response, maxBytes)) }
      } catch (error) {
        // Without a cause, because the error of a custom `fetch` can hold anything, such as a secret.
        const what = `${origin} did not answer (${errorCode(error)}): ${connectionAdvice(error)}`
        throw oauthError(name, 'TOKEN_UNAVAILABLE', what)
      }
    }
    const { response, text, cut } = await ask()
    if (cut) throw oauthError(name, 'TOKEN_MALFORMED', `${origin} answered with more than 1 MB`)
    const { status, headers } = response
    // In a browser, a redirect that was not followed has status 0, with which no response can be made.
    return status < 200 ? response : new Response(text || null, { status, headers })
  }
  return {
    [customFetch]: send,
    [allowInsecureRequests]: parseSecureUrl(url, `${name}: an endpoint`, insecureHosts).protocol === 'http:',
    signal,
  }
}
