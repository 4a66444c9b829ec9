import { type Credential, resolveCredential } from './credential.ts'
import { endpointUrl } from './endpoint-url.ts'
import { failLate, isOAuthError, oauthError } from '../errors.ts'
import { loadAfterFailure, loadPart } from '../load-later.ts'
import { copyOf, membersOf } from '../members.ts'
import type { ClientAuth, Provider } from '../provider.ts'
import { discard } from '../read-text.ts'
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

/** The members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>

/** A request that was prepared or sent, with its secrets. */
export type SentRequest = {
  readonly provider: Provider
  readonly endpoint: 'tokenEndpoint' | 'revocationEndpoint'
  readonly form: URLSearchParams
  readonly headers: Headers
  readonly clientSecret: string | undefined
}

/** An answer that is no success. */
export type FailedAnswer = {
  readonly response: Response
  readonly translate: NonNullable<Provider['readTokenResponse']>
  /** What was read of the body. Absent if it was not read yet. */
  readonly text?: string
  /** Whether the body was too long. */
  readonly isCut?: boolean
}

/** Why a request failed: it could not be prepared, it got no answer, or it got one that is no success. */
export type Failure =
  | { readonly step: 'preparation' | 'connection'; readonly error: unknown }
  | (FailedAnswer & { readonly step: 'answer' })

/** An endpoint's answer, with the values that are needed to read it. */
export type Answer = {
  readonly response: Response
  readonly provider: Provider
  /** When the request was sent, in milliseconds since the epoch. Lifetimes start at this time. */
  readonly sentAt: number
  /** Makes the error for an answer that is no success. */
  readonly fail: (answer: FailedAnswer) => Promise<Error>
}

/**
 * Sends a request with the client's authentication, and reads the response. It is a form, unless the provider wants another
 * shape.
 *
 * No cache answers the request or keeps its response.
 *
 * A refresh token or a code can be used only once. After it was sent, its response is therefore read even if that takes
 * longer than `timeoutMs`.
 *
 * @param onSend - called with the form just before it is sent. Returns whether it can be sent only once.
 * @throws {@link OAuthError} `TOKEN_UNAVAILABLE`, and the errors of `read`. `TypeError` for wrong use.
 */
export function callEndpoint<T>(
  endpoint: SentRequest['endpoint'],
  options: ClientOptions,
  parameters: FormParameters | (() => FormParameters | Promise<FormParameters>),
  read: (answer: Answer) => Promise<T>,
  onSend?: (form: URLSearchParams) => boolean,
): Promise<T> {
  const client = membersOf(options)
  const provider = copyOf(client.provider)
  const { clientAuth = provider.clientAuth, timeoutMs = 9000, fetch = globalThis.fetch } = client
  const deadline = new AbortController()
  let isOnce: boolean | undefined

  const send = async (): Promise<T> => {
    const url = endpointUrl(provider, endpoint)
    const clientId = await resolveCredential(provider, 'clientId', client.clientId)
    const clientSecret =
      client.clientSecret === undefined
        ? undefined
        : await resolveCredential(provider, 'clientSecret', client.clientSecret)
    const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
    // With it, no two requests are equal, so no cache has an answer. A web page may not send it to most servers (CORS).
    if (!globalThis.location) headers.set('x-request-id', crypto.randomUUID())
    const form = new URLSearchParams()
    const request = { provider, endpoint, form, headers, clientSecret }
    let step: 'preparation' | 'connection' = 'preparation'
    /** The error of the answer. */
    let failed: Error | undefined
    let connection: ReturnType<typeof unpooled>
    try {
      addTo(form, typeof parameters === 'function' ? await parameters() : parameters)
      await clientAuth({ form, headers, clientId, clientSecret, provider, endpoint: provider[endpoint] ?? url.href })

      const shape = endpoint === 'tokenEndpoint' ? provider.tokenRequest : undefined
      const shaped = shape && (await loadPart(provider, 'shapes token requests')).shapeRequest(shape, url, request)

      const { signal } = deadline
      signal.throwIfAborted()
      step = 'connection'
      isOnce = onSend?.(form)
      const sentAt = Date.now()
      const started = performance.now()
      connection = unpooled(fetch)
      const init = {
        method: 'POST',
        headers,
        body: form.toString(),
        ...shaped,
        redirect: 'manual',
        signal,
        client: connection,
        // Next.js 14 keeps responses on disk for a year, and answers with them. This exempts a request. `cache: 'no-store'`
        // cannot be used instead: Next.js fails some pages because of it, and older Workers fail each request.
        next: { internal: true },
      } as const
      const response = await fetch(url.href, init)
      // A wall clock that was set back meanwhile does not make the token last longer.
      const since = Math.min(sentAt, Math.ceil(Date.now() - (performance.now() - started)))
      const fail = async (answer: FailedAnswer) => (failed = await describe(request, { step: 'answer', ...answer }))
      return await read({ response, provider, sentAt: since, fail })
    } catch (error) {
      // The functions of the options can throw an OAuthError, too. Its text may show a secret.
      throw failed ?? (await describe(request, { step: isOAuthError(error) ? 'preparation' : step, error }))
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
 * cannot be loaded, that is `TOKEN_UNAVAILABLE`, and the error says so.
 */
async function describe(request: SentRequest, failure: Failure): Promise<Error> {
  const failedAt = Date.now()
  const part = await loadAfterFailure()
  if (part) return part.describeFailure(request, failure, failedAt)
  const what = `the ${request.endpoint} failed, and the part of @oauthkit/core that says why could not be loaded`
  const response = 'response' in failure ? failure.response : undefined
  discard(response?.body)
  return oauthError(request.provider.name, 'TOKEN_UNAVAILABLE', what, { status: response?.status })
}

function addTo(form: URLSearchParams, parameters: FormParameters): void {
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values ?? []].flat()) form.append(name, value)
  }
}
