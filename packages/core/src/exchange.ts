import { type Credential, lookUp } from './credential.ts'
import { errorOf, OAuthError } from './errors.ts'
import type { ClientAuth, Provider } from './provider.ts'
import { createRedactor, reasonOf } from './redactor.ts'
import { secureUrl } from './resources.ts'
import { readTokenResponse } from './token-response.ts'
import type { Token } from './token.ts'
import { within } from './within.ts'

/** Form parameters under their wire names; a list repeats its parameter, and `undefined` leaves it out. */
export type FormParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** One request to a token endpoint. */
export type TokenRequest = {
  /** The authorization server to ask. */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret, if it has one. */
  readonly clientSecret?: Credential | undefined
  /** How the client proves who it is. @defaultValue The provider's way. */
  readonly clientAuth?: ClientAuth | undefined
  /** The form, `grant_type` included, or a function that makes it. */
  readonly parameters: FormParameters | (() => FormParameters | Promise<FormParameters>)
  /** The `fetch` to send it with, for a proxy or a private certificate authority. @defaultValue The platform's. */
  readonly fetch?: typeof fetch | undefined
  /**
   * How long all of it may take, the look-up of the credentials included, in milliseconds.
   *
   * @defaultValue 10_000
   */
  readonly timeoutMs?: number | undefined
}

/**
 * Sends one token request and reads the answer. The only place that calls a token endpoint.
 *
 * @throws {@link OAuthError} `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE` or `TOKEN_MALFORMED`; `TypeError` for wrong use.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-3.2 RFC 6749 §3.2}
 */
export function exchange(request: TokenRequest): Promise<Token> {
  const { provider, timeoutMs = 10_000 } = request
  const deadline = new AbortController()
  return within(send(request, deadline.signal), timeoutMs, () => {
    // The signal ends the request; what does not heed it, such as a vault, is no longer waited for.
    deadline.abort()
    const what = `no token within ${timeoutMs} ms: try again later, or raise timeoutMs`
    throw errorOf(provider.name, 'TOKEN_UNAVAILABLE', what)
  })
}

async function send(request: TokenRequest, signal: AbortSignal): Promise<Token> {
  const { provider, clientAuth = provider.clientAuth, parameters, fetch = globalThis.fetch } = request
  const endpoint = secureUrl(provider.tokenEndpoint, `${provider.name}: tokenEndpoint`)
  const clientId = await lookUp(provider, 'clientId', request.clientId)
  const clientSecret =
    request.clientSecret === undefined ? undefined : await lookUp(provider, 'clientSecret', request.clientSecret)
  const form = formOf(typeof parameters === 'function' ? await parameters() : parameters)
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
  await clientAuth({ form, headers, clientId, clientSecret, provider })
  const hidden = [...form].filter(([name, value]) => !shown.has(name) && value.length > 3).map(([, value]) => value)
  const redact = createRedactor([clientSecret, headers.get('authorization')?.split(' ').at(-1), ...hidden])

  const sentAt = Date.now()
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers,
      body: form.toString(),
      redirect: 'manual',
      signal,
    })
    return await readTokenResponse(response, provider, sentAt, redact)
  } catch (error) {
    if (error instanceof OAuthError) throw error
    // Not passed on as a cause: what a fetch puts into its errors is not in our hands.
    const what = `the token endpoint did not answer (${redact(reasonOf(error))}): try again later`
    throw errorOf(provider.name, 'TOKEN_UNAVAILABLE', what)
  }
}

function formOf(parameters: FormParameters): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values ?? []].flat()) form.append(name, value)
  }
  return form
}

/** The parameters whose values are no secret, and may be too common a word to be cut out of a message. */
const shown = new Set(['grant_type', 'scope', 'resource', 'audience', 'client_id', 'client_assertion_type'])
