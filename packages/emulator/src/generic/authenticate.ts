import type { Provider } from '@oauthkit/core'
import type { Assertions } from './assertions.ts'

/**
 * Returns the id of the client that a request to the authorization server is from. `undefined` if its credentials are wrong,
 * or not where the provider's client authentication puts them.
 *
 * @param endpoint - the URL of the endpoint, as the provider's data spells it.
 * @param audiences - the names of the server in assertions.
 */
export async function authenticate(
  { headers }: Request,
  form: URLSearchParams,
  provider: Provider,
  endpoint: string,
  audiences: readonly string[],
  clients: ReadonlyMap<string, string>,
  assertions: Assertions,
): Promise<string | undefined> {
  const assertion = form.get('client_assertion')
  const signed = form.get('grant_type') === jwtBearer ? form.get('assertion') : null
  if (assertion !== null && form.get('client_assertion_type') !== assertionType) return undefined
  if (assertion !== null || signed !== null) {
    const found = [assertion, signed].filter((one) => one !== null)
    const issuers = await Promise.all(found.map((one) => assertions.issuerOf(one, audiences)))
    if (issuers.includes(undefined)) return undefined
    // A grant with an assertion can have a client authentication, too. Two of them are refused below.
    if (!headers.has('Authorization') && !form.has('client_secret')) return issuers[0]
  }
  for (const [clientId, clientSecret] of clients) {
    const expected = { form: new URLSearchParams(), headers: new Headers() }
    try {
      await provider.clientAuth({ ...expected, clientId, clientSecret, provider, endpoint })
    } catch {
      return undefined
    }
    if (isSame(expected.headers, headers, ['authorization']) && isSame(expected.form, form, credentialNames))
      return clientId
  }
  return undefined
}

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The value of `client_assertion_type`. See RFC 7523 §2.2. */
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Where clients put credentials in a form. */
const credentialNames = ['client_id', 'client_secret', 'client_assertion']

/** Whether a request has all that the client authentication adds, and no other credential. */
function isSame(
  expected: URLSearchParams | Headers,
  found: URLSearchParams | Headers,
  credentials: readonly string[],
): boolean {
  const names = new Set([...expected.keys(), ...credentials])
  return [...names].every((name) => expected.get(name) === found.get(name))
}
