import type { Options } from 'ky'
import { loadAfterRejection } from '../load-after-rejection.ts'
import { memberOf } from '../members.ts'
import type { TokenSource } from '../token.ts'
import { attach } from './attach.ts'
import { mark, toCandidate, unwrap, type Candidate, type Chosen } from './candidate.ts'
import { fixedToken, type FixedTokenOptions } from './fixed-token.ts'
import { isReusable } from './replay.ts'
import type { Call } from './send.ts'

/** The information about a call that a {@link SelectSource} gets. */
export type BearerState = {
  /** The call's `context` option, or an empty object if there is none. */
  readonly context: Readonly<Record<string, unknown>>
}

/** Chooses the token source for a call. If it returns `undefined`, the call is sent without a token. */
export type SelectSource = (state: BearerState) => TokenSource | undefined | Promise<TokenSource | undefined>

/**
 * Returns options for `ky.extend` with a token that never changes, such as one from a configuration. A call whose token
 * is rejected is not sent again.
 *
 * @param token - the access token.
 * @param options - `apis`: the allowed URL prefixes. `exceptApis`: exceptions within them.
 * @throws `TypeError` if the token cannot be sent in a header, or `apis` are not valid URL prefixes.
 * @example
 * ```ts
 * import { bearer } from '@oauthkit/core'
 * import ky from 'ky'
 *
 * export const api = ky.extend(bearer('a-fixed-token', { apis: ['https://api.example.com'] }))
 * ```
 * @inlineType FixedTokenOptions
 */
export function bearer(token: string, options: FixedTokenOptions): Options
/**
 * Returns options for `ky.extend`. With them, each request for one of the source's APIs carries a valid token. If the
 * API rejects that token, the request is sent a second time with a newer one.
 *
 * One client can have several sources. The longest prefix in `apis` that matches the URL decides whose token a request
 * gets, in any order of the sources. If several sources have that prefix, the one that was added last wins. If the
 * source that was chosen has no token, the call fails.
 *
 * The second attempt is not one of ky's retries, and starts as soon as there is a newer token. A stream can be read
 * only once, so it is buffered, unless ky's `retry` is 0. A call whose body is not buffered gets the 401. Do not change a
 * body, such as a `FormData`, before its call has ended.
 *
 * If your own `fetch` changes the request, you can give it as ky's `fetch` option: it runs for both attempts. If another
 * `init` hook adds it around this one, it runs for the first attempt only, and its request is sent again.
 *
 * @param source - the source of the tokens, or a function that chooses the source for each call, such as one for each
 * tenant.
 * @throws `TypeError` if the source's `apis` are not valid URL prefixes. Calls reject with an {@link OAuthError} if
 * they cannot get a token.
 * @example
 * ```ts
 * import { bearer, tokensBy } from '@oauthkit/core'
 * import { orangeTokens } from '@oauthkit/orange'
 * import ky from 'ky'
 *
 * export const api = ky.extend(bearer(orangeTokens()))
 *
 * // One token for each tenant. A call names its tenant: api.get(url, { context: { tenant: 'acme' } })
 * const tenants = tokensBy((tenant) => orangeTokens({ clientId: tenant, clientSecret: () => readSecret(tenant) }))
 * export const perTenant = ky.extend(bearer(({ context }) => tenants(String(context['tenant']))))
 *
 * const readSecret = async (tenant: string) => `secret of ${tenant}`
 * ```
 */
export function bearer(source: TokenSource | SelectSource): Options
export function bearer(given: TokenSource | SelectSource | string, fixed?: FixedTokenOptions): Options {
  const added =
    typeof given === 'function' ? given : toCandidate(typeof given === 'string' ? fixedToken(given, fixed) : given)
  const init = (options: MarkedOptions) => {
    if (options[mark]) options[mark].push(added)
    else wrap(options, added)
  }
  return { hooks: { init: [init] } }
}

type Added = Candidate | SelectSource

/** The options of a call, with the sources of its client. Neither ky nor `fetch` reads a symbol. */
type MarkedOptions = Options & { [mark]?: Added[] }

/**
 * Sends a call with a token of the nearest source.
 *
 * ky gives one object of options to all `init` hooks of a call. The first of our hooks wraps `fetch`, and later ones add
 * their sources to `all`.
 */
function wrap(options: MarkedOptions, first: Added): void {
  const { fetch = globalThis.fetch, candidates } = unwrap(memberOf(options, 'fetch'))
  const { stringifyJson: stringify } = options
  const all = [...candidates, first]
  let text: string | undefined
  let call: Call | undefined

  // ky calls this one time. The text is kept, so that what is sent again is what was sent.
  const stringifyJson = (data: unknown) => (text = stringify?.(data) ?? JSON.stringify(data))

  /**
   * Returns the body as the caller gave it, and whether the body of the request may be buffered instead.
   *
   * A hook can replace the request. With hooks, what is sent again is therefore a copy of the request, unless its body
   * was given as a stream and ky's `retry` is 0.
   */
  const bodyOf = () => {
    const { json, body, retry } = options
    const limit = typeof retry === 'number' ? retry : (retry?.limit ?? 2)
    const mayBuffer = limit > 0 || !body || isReusable(body)
    const { beforeRequest, beforeRetry, afterResponse } = options.hooks ?? {}
    return options.fetch !== fetchWithToken ||
      options.stringifyJson !== stringifyJson ||
      beforeRequest?.length ||
      beforeRetry?.length ||
      afterResponse?.length
      ? { body: undefined, mayBuffer }
      : { body: json === undefined ? body : text, mayBuffer }
  }

  const fetchWithToken: typeof globalThis.fetch = (input, init) => {
    const send = (chosen: readonly Chosen[]) => {
      const { body, mayBuffer } = bodyOf()
      call = { candidates: chosen, fetch, input, init, body, mayBuffer }
      return attach(call)
    }
    // The usual call has no selector, or only one, and does not wait for a promise.
    if (all.every((one) => typeof one !== 'function')) return send(all)
    // Selectors run here, so that their errors reject the call. If they ran in the hook, ky() itself would throw.
    const choose = (one?: Added) =>
      typeof one === 'function' ? chosenOf(one({ context: options.context ?? {} })) : one
    if (all.length > 1) return Promise.all(all.map(async (one) => choose(one))).then(send)
    const chosen = choose(all[0])
    return chosen && 'then' in chosen ? chosen.then((late) => send([late])) : send([chosen])
  }

  const beforeError = async ({ error }: { error: Error & { response?: Response } }) => {
    // If the code that explains cannot be loaded, or fails, the error stays as it is.
    try {
      if (call && error.response?.status === 401) (await loadAfterRejection())?.explain(error, call)
    } catch {}
    return error
  }
  options.fetch = fetchWithToken
  options.stringifyJson = stringifyJson
  const { hooks } = options
  options.hooks = { ...hooks, beforeError: [beforeError, ...(hooks?.beforeError ?? [])] }
  options[mark] = all
}

const chosenOf = (source: ReturnType<SelectSource>): Chosen | Promise<Chosen> =>
  source && 'then' in source ? source.then((late) => late && toCandidate(late)) : source && toCandidate(source)
