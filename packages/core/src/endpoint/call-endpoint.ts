import { type Credential, resolveCredential } from './credential.ts'
import { errorCode } from './error-code.ts'
import { failLate, oauthError, OAuthError, type OAuthErrorCode } from '../errors.ts'
import { loadLater } from '../load-later.ts'
import type { ClientAuth, Provider } from '../provider.ts'
import { parseSecureUrl } from '../secure-url.ts'
import { withTimeout } from '../wait.ts'
import { unpooled } from './unpooled.ts'

/** The options of a request to an authorization server. */
export type ClientOptions = {
  /** The authorization server that receives the request. */
  readonly provider: Provider
  /** The client's id. */
  readonly clientId: Credential
  /** The client's secret, if it has one. */
  readonly clientSecret?: Credential | undefined
  /** The client authentication. @defaultValue The provider's. */
  readonly clientAuth?: ClientAuth | undefined
  /**
   * The `fetch` that sends the request, such as one for a proxy or a private certificate authority.
   *
   * @defaultValue The platform's.
   */
  readonly fetch?: typeof fetch | undefined
  /**
   * How long the request may take, including the look-up of the credentials, in milliseconds.
   *
   * @defaultValue 9000
   */
  readonly timeoutMs?: number | undefined
}

/** How long the response to a request that can be sent only once is waited for, in milliseconds. */
export const answerMs = 60_000

/** Form parameters under their wire names. A list repeats its parameter, and `undefined` leaves it out. */
export type FormParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request that was sent, with its secrets. */
export type SentRequest = {
  readonly provider: Provider
  readonly endpoint: 'tokenEndpoint' | 'revocationEndpoint'
  readonly form: URLSearchParams
  readonly headers: Headers
  readonly clientSecret: string | undefined
}

/** An endpoint's response, with the members of its JSON object. */
export type Said = { readonly response: Response; readonly members: Readonly<Record<string, unknown>> }

/** An endpoint's response, with the values that are needed to read it. */
export type Answer = {
  readonly response: Response
  readonly provider: Provider
  /** When the request was sent, in milliseconds since the epoch. Lifetimes start at this time. */
  readonly sentAt: number
  /** Makes the error for a response. */
  readonly fail: (code: OAuthErrorCode, reason: string, said: Said) => Promise<OAuthError>
}

/**
 * Posts a form with the client's authentication, and reads the response.
 *
 * A refresh token or a code can be used only once. After it was sent, its response is therefore read even if that takes
 * longer than `timeoutMs`.
 *
 * @param onSend - called with the form just before it is sent. Returns whether it can be sent only once.
 * @throws {@link OAuthError} `TOKEN_UNAVAILABLE`, and the errors of `read`. `TypeError` for wrong use.
 */
export function callEndpoint<T>(
  endpoint: SentRequest['endpoint'],
  client: ClientOptions,
  parameters: FormParameters | (() => FormParameters | Promise<FormParameters>),
  read: (answer: Answer) => Promise<T>,
  onSend?: (form: URLSearchParams) => boolean,
): Promise<T> {
  const { provider, clientAuth = provider.clientAuth, timeoutMs = 9000, fetch = globalThis.fetch } = client
  const deadline = new AbortController()
  let isOnce: boolean | undefined

  const send = async (): Promise<T> => {
    const address = provider[endpoint] ?? ''
    const url = parseSecureUrl(address, `${provider.name}: ${endpoint}`)
    const clientId = await resolveCredential(provider, 'clientId', client.clientId)
    const clientSecret =
      client.clientSecret === undefined
        ? undefined
        : await resolveCredential(provider, 'clientSecret', client.clientSecret)
    const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
    const form = await prepare(provider, async () => {
      const prepared = createForm(typeof parameters === 'function' ? await parameters() : parameters)
      await clientAuth({ form: prepared, headers, clientId, clientSecret, provider, endpoint: address })
      return prepared
    })
    const request = { provider, endpoint, form, headers, clientSecret }

    const { signal } = deadline
    signal.throwIfAborted()
    isOnce = onSend?.(form)
    const sentAt = Date.now()
    const started = performance.now()
    const connection = unpooled(fetch)
    try {
      const init = {
        method: 'POST',
        headers,
        body: form.toString(),
        redirect: 'manual',
        signal,
        client: connection,
      } as const
      const response = await fetch(url.href, init)
      // A wall clock that was set back meanwhile does not make the token last longer.
      const since = Math.min(sentAt, Math.ceil(Date.now() - (performance.now() - started)))
      return await read({ response, provider, sentAt: since, fail: (...failure) => describe(request, ...failure) })
    } catch (error) {
      if (error instanceof OAuthError) throw error
      // The error is not passed on as a cause, because a fetch can put any data into its errors.
      throw await describe(request, 'TOKEN_UNAVAILABLE', errorCode(error))
    } finally {
      connection?.close()
    }
  }

  const work = send()
  const giveUp = () => {
    // The signal ends the request. If the work ignores the signal, as a vault's look-up can, this call no longer waits
    // for it.
    deadline.abort()
    return failLate(provider.name, timeoutMs, 'answer')
  }
  return withTimeout(work, timeoutMs, () => (isOnce ? withTimeout(work, answerMs - timeoutMs, giveUp) : giveUp()))
}

/**
 * Makes the error of a failed request. Most requests succeed, so the code that describes a failure is loaded later. If it
 * cannot be loaded, the error has only its code and the status.
 */
async function describe(request: SentRequest, code: OAuthErrorCode, reason: string, said?: Said): Promise<OAuthError> {
  const part = await loadLater()
  if (part) return part.describeFailure(request, code, reason, said)
  const what = `the ${request.endpoint} failed, and the part of @oauthkit/core that says why could not be loaded`
  return oauthError(request.provider.name, code, what, { status: said?.response.status })
}

/**
 * Turns a network error into an OAuthError. Signing can fail with a network error, and an HTTP client would then retry
 * the API call.
 */
async function prepare<T>({ name }: Provider, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (error instanceof TypeError && error.cause === undefined)
      throw new TypeError(`${name}: ${error.message}`, { cause: error })
    throw oauthError(
      name,
      'TOKEN_UNAVAILABLE',
      `the request could not be prepared (${errorCode(error)}): try again later`,
    )
  }
}

function createForm(parameters: FormParameters): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values ?? []].flat()) form.append(name, value)
  }
  return form
}
