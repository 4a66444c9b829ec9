import { clientSecretPost, type Provider } from '@oauthkit/core'

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
  resources: [
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
  if (response.status === 401) return true
  const body = (await response.json().catch(() => null)) as { error?: unknown; error_description?: unknown } | null
  return typeof body?.error === 'string' && /token/i.test(`${body.error} ${String(body.error_description)}`)
}
