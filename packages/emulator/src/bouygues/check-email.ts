import { jsonResponse } from '../json-response.ts'
import { readJsonObject } from '../read-json-object.ts'
import { apiError } from '../api-error.ts'

/** Says whether an e-mail address is valid, and whether it is a contact's; the answers are made up. */
export async function checkEmail(request: Request): Promise<Response> {
  const emailAddress = readJsonObject(await request.text())?.['emailAddress']
  if (typeof emailAddress !== 'string') return apiError(400, 'invalid_request', 'emailAddress is missing')
  const validEmailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(emailAddress)
  return jsonResponse({ contactEmailAddress: emailAddress.startsWith('contact@'), validEmailAddress })
}
