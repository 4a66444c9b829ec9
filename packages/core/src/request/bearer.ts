import type { Options } from 'ky'
import { attach } from './attach.ts'
import { checkApis } from './apis.ts'
import type { TokenSource } from '../token.ts'

/** What a selector of a token source may look at. */
export type BearerState = {
  /** The call's `context` option; an empty object where there is none. */
  readonly context: Readonly<Record<string, unknown>>
}

/** Says who gives the token for a call; `undefined`: the call goes out without one. */
export type SelectSource = (state: BearerState) => TokenSource | undefined | Promise<TokenSource | undefined>

/**
 * Options for `ky.extend`, with which each request for one of the source's APIs carries a valid token, and is sent
 * once more with a newer one if that is refused.
 *
 * The renewal and the second sending take nothing from ky's `retry`, and nobody waits between them. A body that can be
 * read only once is sent again only where ky buffers it, which it does unless `retry` is 0; else the call gets the 401.
 *
 * A `fetch` of yours that changes the body belongs into ky's `fetch` option, beneath the token layer: what wraps it from
 * an `init` hook is not asked again for the replay.
 *
 * @param source - who gives the tokens, or a function that says so for each call: one client, many tenants.
 * @throws `TypeError` if the source's APIs are not URL prefixes that tokens may be sent to. Calls reject with an
 * {@link OAuthError} if there is no token to be had.
 */
export function bearer(source: TokenSource | SelectSource): Options {
  if (typeof source !== 'function') checkApis(source)
  const wrap = (options: Options) => {
    const { fetch = globalThis.fetch } = options
    options.fetch = async (input, init) => {
      // Inside, so that what a selector throws is a rejection: from the hook it would leave ky() at once.
      const chosen = typeof source === 'function' ? await source({ context: options.context ?? {} }) : source
      if (!chosen) return fetch(input, init)
      return attach(chosen, { fetch, input, init, body: bodyOf(options), mayBuffer: retryLimit(options) > 0 })
    }
  }
  return { hooks: { init: [wrap] } }
}

/** The body as the caller gave it, unless a hook may have replaced the request since. */
function bodyOf({ hooks, json, body, stringifyJson }: Options) {
  if (hooks?.beforeRequest?.length || hooks?.beforeRetry?.length || hooks?.afterResponse?.length) return undefined
  return json === undefined ? body : () => stringifyJson?.(json) ?? JSON.stringify(json)
}

const retryLimit = ({ retry }: Options) => (typeof retry === 'number' ? retry : (retry?.limit ?? 2))
