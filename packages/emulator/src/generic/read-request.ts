import type { Provider } from '@oauthkit/core'
import { readForm, readJsonObject } from '../http.ts'

/**
 * Reads the parameters of a token request that has the shape of the provider's `tokenRequest`. Returns a text that says what
 * is wrong with any other request.
 */
export async function readTokenRequest(
  request: Request,
  { tokenRequest: shape, tokenEndpoint }: Provider,
): Promise<URLSearchParams | string> {
  const { searchParams } = new URL(request.url)
  // The parameters of the endpoint's own URL, such as a realm.
  for (const [name, value] of new URL(tokenEndpoint).searchParams) {
    if (searchParams.get(name) !== value) return `The URL must have the parameter ${name} of the token endpoint`
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
