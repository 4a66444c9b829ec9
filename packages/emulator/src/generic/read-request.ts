import type { TokenRequestShape } from '@oauthkit/core'
import { readForm, readJsonObject } from '../http.ts'

/**
 * Reads the parameters of a request to the authorization server. Returns a text that says what is wrong with a request that
 * does not have the shape.
 *
 * @param endpoint - the URL of the endpoint, which can have parameters of its own.
 * @param shape - the provider's `tokenRequest`. If absent, the parameters are a form.
 */
export async function readRequest(
  request: Request,
  endpoint: string,
  shape?: TokenRequestShape,
): Promise<URLSearchParams | string> {
  const { searchParams } = new URL(request.url)
  // The parameters of the endpoint's own URL, such as a realm.
  for (const [name, value] of new URL(endpoint).searchParams) {
    if (searchParams.get(name) !== value) return `The URL must have the parameter ${name} of the endpoint`
    searchParams.delete(name)
  }
  if (shape && 'method' in shape) {
    return request.method === 'GET' ? searchParams : 'The method must be GET, and the parameters in the URL'
  }
  if (request.method !== 'POST') return 'The method must be POST'
  // URLs end up in logs.
  if ([...searchParams].length > 0) return 'The parameters must be in the body, not in the URL'
  return shape ? readJson(request) : readForm(request)
}

async function readJson(request: Request): Promise<URLSearchParams | string> {
  if (!/^application\/json\b/i.test(request.headers.get('Content-Type') ?? ''))
    return 'The body must be application/json'
  const members = readJsonObject(await request.text())
  if (!members) return 'The body must be a JSON object'
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(members)) {
    for (const one of [value].flat()) form.append(name, String(one))
  }
  return form
}
