import { clientSecretPost, type Provider } from '@oauthkit/core'
import { challengesToken } from '@oauthkit/core/plugin'

/**
 * Digitaleo's authorization server, and the APIs that take its tokens.
 *
 * - The form holds the credentials.
 * - A token can have 50,000 characters. Servers and proxies on the way must accept a header of that length.
 * - The APIs answer a token that is no longer valid with 400 or 401, depending on the host.
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
 * Whether a refusal is about the token. A 400 is about the token only if a whole member of its JSON says so.
 *
 * A new token does not help against other errors of a call. Their messages can quote the call, such as a text message
 * with the word "token". A proxy that does not accept such a long header also answers 400, in HTML.
 */
async function isRejected(response: Response): Promise<boolean> {
  if (response.status === 401) return challengesToken(response)
  const body = (await response.json().catch(() => null)) as ErrorBody | null
  const messages = Array.isArray(body?.messages) ? (body.messages as ErrorBody[]) : []
  return [body, ...messages].some((part) => saysTokenIsBad(part?.error, part?.error_description, part?.message))
}

/** The known shapes of the errors of these APIs. */
type ErrorBody = Partial<Record<'error' | 'error_description' | 'message' | 'messages', unknown>>

const saysTokenIsBad = (...words: readonly unknown[]) =>
  words.some((word) => typeof word === 'string' && (badToken.test(word) || tokenIsBad.test(word)))

const badToken =
  /^(?:(?:invalid|expired|revoked)[ _-](?:access[ _-])?|(?:malformed|unknown)[ _-]access[ _-])token[.!]?$/i

const tokenIsBad =
  /^(?:the |your )?(?:access[ _-])?token(?: is| has| was)?(?: been)? (?:invalid|expired|revoked|not valid|no longer valid)[.!]?$/i
