import { clientSecretPost, type Provider } from '@oauthkit/core'
import { challengesToken } from '@oauthkit/core/plugin'

/**
 * Digitaleo's authorization server, and the APIs that take its tokens.
 *
 * - Credentials stand in the form.
 * - Tokens may be 50,000 characters long, which servers and proxies on the way must take as a header.
 * - A token that is no longer good may meet 400 as well as 401, depending on the host.
 *
 * @see {@link https://developers.digitaleo.com/rest-apis-v1/authentication Authentication}
 */
export const digitaleo: Provider = {
  name: 'digitaleo',
  tokenEndpoint: 'https://oauth.messengeo.net/token',
  apis: [
    'https://api.messengeo.net',
    'https://contacts.messengeo.net',
    'https://sms.messengeo.net',
    'https://baseo.messengeo.net',
    'https://mobile.messengeo.net',
  ],
  clientAuth: clientSecretPost,
  rejectedStatuses: [400, 401],
  isRejected,
}

/**
 * A 400 is about the token only if it says so in JSON: what else is wrong with a call a new token would not cure, and a
 * proxy that takes no header this long answers 400 as well, in HTML.
 */
async function isRejected(response: Response): Promise<boolean> {
  if (response.status === 401) return challengesToken(response)
  const body = (await response.json().catch(() => null)) as ErrorBody | null
  const messages = Array.isArray(body?.messages) ? (body.messages as ErrorBody[]) : []
  return [body, ...messages].some((part) => saysTokenIsBad(part?.error, part?.error_description, part?.message))
}

/** The shapes that errors of these APIs have been seen in. */
type ErrorBody = Partial<Record<'error' | 'error_description' | 'message' | 'messages', unknown>>

const saysTokenIsBad = (...words: readonly unknown[]) =>
  words.some((word) => typeof word === 'string' && (badToken.test(word) || tokenIsBad.test(word)))

const badToken = /\b(access|invalid|expired|malformed|unknown|revoked)[ _-]token\b/i

const tokenIsBad = /\btoken (is|has|was)?( \w+)? ?(invalid|expired|malformed|unknown|revoked)\b/i
