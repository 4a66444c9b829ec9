import type { ClientAuth } from '@oauthkit/core'
import { checkCredential } from '@oauthkit/core/plugin'
import { assertionType } from './private-key-jwt.ts'

/**
 * Makes a client authentication by an assertion that something else has signed: workload identity. Kubernetes, for example,
 * keeps a file with such an assertion up to date.
 *
 * @param read - returns the assertion. It runs again for each token request, because assertions expire. Line breaks around
 * the assertion, which files often have, are removed.
 * @throws `TypeError` if `read` is no function. Each token request rejects with a `TypeError` if there is no assertion, and
 * with `TOKEN_UNAVAILABLE` if `read` throws anything else than a `TypeError`, before anything is sent.
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523.html#section-2.2 RFC 7523 §2.2}
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { clientAssertion } from '@oauthkit/private-key-jwt'
 *
 * // The file of a projected service account token.
 * export const clientAuth = clientAssertion(() => readFile('/var/run/secrets/tokens/id', 'utf8'))
 * ```
 */
export function clientAssertion(read: () => string | Promise<string>): ClientAuth {
  if (typeof read !== 'function') throw new TypeError('clientAssertion needs a function that returns the assertion')
  return async ({ form, provider }) => {
    const assertion: unknown = await read()
    const text = typeof assertion === 'string' ? assertion.trim() : assertion
    form.set('client_assertion_type', assertionType)
    form.set('client_assertion', checkCredential(text, `${provider.name}: the client assertion`))
  }
}
