import type { Route } from '../answer-by-route.ts'
import { jsonResponse } from '../json-response.ts'
import { readJsonObject } from '../read-json-object.ts'
import { camaraError } from './camara-error.ts'

/** The made-up phone numbers of the Playground, and whether their SIM card was changed of late. */
const swapped: ReadonlyMap<unknown, boolean> = new Map([
  ['+99012345678', false],
  ['+99098765432', true],
])

/** What takes a token of the Playground. */
export const playgroundRoutes: ReadonlyMap<string, Route> = new Map([
  ['/camara/playground/api/sim-swap/v1/check', { method: 'POST', answer: checkSimSwap }],
])

/** What manages the Playground, with a machine-to-machine token. */
export const playgroundAdminRoutes: ReadonlyMap<string, Route> = new Map([
  ['/camara/playground/admin/v1.0/action', { method: 'POST', answer: act }],
])

async function checkSimSwap(request: Request): Promise<Response> {
  const phoneNumber = readJsonObject(await request.text())?.['phoneNumber']
  if (typeof phoneNumber !== 'string') return camaraError('INVALID_ARGUMENT')
  const isSwapped = swapped.get(phoneNumber)
  return isSwapped === undefined ? camaraError('FORBIDDEN') : jsonResponse({ swapped: isSwapped })
}

async function act(request: Request): Promise<Response> {
  const action = readJsonObject(await request.text())?.['action']
  if (action !== 'LIST') return camaraError('INVALID_ARGUMENT')
  return jsonResponse(Array.from(swapped.keys(), (phoneNumber) => ({ phoneNumber })))
}
