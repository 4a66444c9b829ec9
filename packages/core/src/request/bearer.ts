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
 * only once, so it is buffered, unless ky's `retry` is 0. Then a call with a stream gets the 401. Do not change a body, such
 * as a `FormData`, before its call has ended.
 *
 * If your own `fetch` changes the request, you can give it as ky's `fetch` option: it runs for both attempts. If a later
 * `init` hook wraps ky's `fetch`, that wrapper runs for the first attempt only. The second attempt sends what it passed on.
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
    if (options[mark]) options[mark].added.push(added)
    else wrap(options, added)
  }
  return { hooks: { init: [init] } }
}

type Added = Candidate | SelectSource

/** A call of ky, with what its attempts share. */
type KyCall = {
  /** The sources of its client, in the order in which they were added. */
  readonly added: Added[]
  /** The text that ky made of the `json` option, so that what is sent again is what was sent. */
  text: string | undefined
  /** The last attempt. */
  last: Call | undefined
}

/** The options of a call, with its sources. Neither ky nor `fetch` reads a symbol. */
type MarkedOptions = Options & { [mark]?: KyCall }

/**
 * Sends a call with a token of the nearest source.
 *
 * ky gives one object of options to all `init` hooks of a call. The first of our hooks wraps `fetch`, and later ones add
 * their sources.
 */
function wrap(options: MarkedOptions, first: Added): void {
  const inner = unwrap(memberOf(options, 'fetch'))
  const { fetch = globalThis.fetch } = inner
  const { hooks, stringifyJson: stringify } = options
  const kyCall: KyCall = { added: [...inner.candidates, first], text: undefined, last: undefined }
  // ky calls this one time.
  const stringifyJson = (data: unknown) => (kyCall.text = stringify?.(data) ?? JSON.stringify(data))
  const fetchWithToken: typeof globalThis.fetch = (input, init) => {
    const isOurs = options.fetch === fetchWithToken && options.stringifyJson === stringifyJson
    return choose(kyCall, options, (candidates) => {
      const { body, mayBuffer } = bodyOf(options, isOurs, kyCall.text)
      return attach((kyCall.last = { candidates, fetch, input, init, body, mayBuffer }))
    })
  }
  options.fetch = fetchWithToken
  options.stringifyJson = stringifyJson
  options.hooks = { ...hooks, beforeError: [explainFirst, ...(hooks?.beforeError ?? [])] }
  options[mark] = kyCall
}

/** Chooses the sources of an attempt. Without a selector, it does not wait for a promise. */
function choose(
  { added }: KyCall,
  { context = {} }: Options,
  send: (candidates: readonly Chosen[]) => Promise<Response>,
): Promise<Response> {
  if (added.every((one) => typeof one !== 'function')) return send(added)
  // Selectors run here, so that their errors reject the call. If they ran in the hook, ky() itself would throw.
  const chosenOf = (one?: Added) => (typeof one === 'function' ? toChosen(one({ context })) : one)
  if (added.length > 1) return Promise.all(added.map(async (one) => chosenOf(one))).then(send)
  const chosen = chosenOf(added[0])
  return chosen && 'then' in chosen ? chosen.then((late) => send([late])) : send([chosen])
}

const toChosen = (source: ReturnType<SelectSource>): Chosen | Promise<Chosen> =>
  source && 'then' in source ? source.then((late) => late && toCandidate(late)) : source && toCandidate(source)

/**
 * Returns the body as the caller gave it, and whether the body of the request may be buffered instead.
 *
 * A hook can replace the request. With hooks, what is sent again is therefore a copy of the request, unless its body
 * was given as a stream and ky's `retry` is 0.
 *
 * @param isOurs - whether no other hook has replaced our `fetch` or `stringifyJson`.
 */
function bodyOf({ json, body, retry, hooks }: Options, isOurs: boolean, text: string | undefined) {
  const limit = typeof retry === 'number' ? retry : (retry?.limit ?? 2)
  const mayBuffer = limit > 0 || !body || isReusable(body)
  const { beforeRequest, beforeRetry, afterResponse } = hooks ?? {}
  return !isOurs || beforeRequest?.length || beforeRetry?.length || afterResponse?.length
    ? { body: undefined, mayBuffer }
    : { body: json === undefined ? body : text, mayBuffer }
}

/** Explains a 401 of a call without a token. If the code for that cannot be loaded, or fails, the error stays as it is. */
async function explainFirst({ error, options }: Failed): Promise<Error> {
  try {
    const { last } = (options as MarkedOptions)[mark] ?? {}
    if (last && error.response?.status === 401) (await loadAfterRejection())?.explain(error, last)
  } catch {}
  return error
}

/** What ky gives to a `beforeError` hook. */
type Failed = { readonly error: Error & { readonly response?: Response }; readonly options: object }
