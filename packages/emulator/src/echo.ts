import { jsonResponse } from './json-response.ts'
import { splitAuthorization } from './split-authorization.ts'

/**
 * Tells the caller what arrived, so that tests see the body of a call as a server does.
 *
 * No provider has such a path. Of the `Authorization` header it tells the scheme, never the token.
 *
 * @throws `TypeError` if the body claims to be `multipart/form-data` and is not.
 */
export async function echo(request: Request): Promise<Response> {
  const body = await request.arrayBuffer()
  const contentType = request.headers.get('Content-Type')
  const authorization = splitAuthorization(request.headers.get('Authorization')).scheme
  const text = new TextDecoder().decode(body)
  const answer = { method: request.method, contentType, length: body.byteLength, text, authorization }
  if (!contentType?.toLowerCase().startsWith('multipart/form-data')) return jsonResponse(answer)

  const form = await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
  return jsonResponse({ ...answer, form: await Promise.all([...form].map(readEntry)) })
}

async function readEntry([name, value]: [string, FormDataEntryValue]): Promise<[string, unknown]> {
  if (typeof value === 'string') return [name, value]
  return [name, { name: value.name, type: value.type, text: await value.text() }]
}
