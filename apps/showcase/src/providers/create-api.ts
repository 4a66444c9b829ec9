import { bearer, type TokenSource } from '@oauthkit/core'
import ky, { type KyInstance } from 'ky'

/** The options of {@link createApi}. */
export type ApiOptions = {
  /** The source of the tokens. */
  readonly tokens: TokenSource
  /** The base URL of the API, to which paths are relative. */
  readonly url: string
  /** How long one attempt can take, in milliseconds. All attempts together can take twice as long. @defaultValue 4000 */
  readonly attemptTimeoutMs?: number | undefined
}

/** Creates the ky client of an API. */
export const createApi = ({ tokens, url, attemptTimeoutMs = 4000 }: ApiOptions): KyInstance =>
  ky.extend(bearer(tokens)).extend({
    prefix: url,
    // Until then, the visitor looks at an empty page.
    timeout: attemptTimeoutMs,
    totalTimeout: 2 * attemptTimeoutMs,
    // Not 429 and 503: if a provider asks to wait, the visitor gets a page that says so at once.
    retry: { limit: 1, statusCodes: [500, 502, 504] },
  })
