import type { ClientAuthRequest, Provider } from '../provider.ts'
import { assert } from './assert.ts'

const clientSecret = 's3cr3t-of-the-client'

/**
 * Fails unless a provider's client authentication puts the credentials in one place, the header or the form, and does
 * not change the grant's parameters.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3 RFC 6749 §2.3}
 */
export async function assertClientAuth(provider: Provider): Promise<void> {
  const { clientAuth } = provider
  assert(typeof clientAuth === 'function', 'clientAuth must be a function')
  const authenticate = async (secret: string | undefined): Promise<ClientAuthRequest> => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' })
    const { tokenEndpoint: endpoint } = provider
    const request = { form, headers: new Headers(), clientId: 'client', clientSecret: secret, provider, endpoint }
    await clientAuth(request)
    return request
  }

  // Twice, because it runs again for each attempt.
  const first = await authenticate(clientSecret)
  for (const request of [first, await authenticate(clientSecret)]) {
    const places = placesOf(request, clientSecret)
    assert(places.length < 2, `clientAuth puts the credentials in two places: ${places.join(' and ')}`)
    for (const [parameter, value] of [
      ['grant_type', 'client_credentials'],
      ['scope', 'read'],
    ] as const) {
      assert(request.form.getAll(parameter).join() === value, `clientAuth must not change ${parameter}`)
    }
  }

  // Without a secret, clientAuth throws, or the client is a public one.
  const bare = await authenticate(undefined).catch(() => undefined)
  const isUndefined = bare && [...bare.form, ...bare.headers].some(([, value]) => decode(value).includes('undefined'))
  assert(!isUndefined, "without a client secret, clientAuth sends the word 'undefined'")
}

/** Returns the places in a request that hold the client's credentials, apart from its id. */
function placesOf({ form, headers }: ClientAuthRequest, secret: string): string[] {
  const shows = (name: string, value: string) => proofs.has(name) || decode(value).includes(secret)
  const inHeaders = [...headers].filter(([name, value]) => shows(name, value)).map(([name]) => `the header ${name}`)
  const inForm = [...form].filter(([name, value]) => shows(name, value)).map(([name]) => `the parameter ${name}`)
  return [...inHeaders, ...inForm]
}

const proofs = new Set(['authorization', 'client_secret', 'client_assertion'])

/** Returns a value and, if it is base64, its decoded text. A scheme before the value is ignored. */
function decode(value: string): string {
  try {
    return `${value} ${atob(value.replace(/^\w+ +/, ''))}`
  } catch {
    return value
  }
}
