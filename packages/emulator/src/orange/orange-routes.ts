import { jsonResponse, readJsonObject } from '../http.ts'
import type { Route } from '../routes.ts'
import { camaraError, orangeError } from './orange-errors.ts'

/** The towns that have shops, by postal code. */
const towns: Readonly<Record<string, string>> = { '13001': 'Marseille', '35000': 'Rennes', '75015': 'Paris' }

/** Answers a search for shops by postal code. The shops and their number are made up. */
function findShops(request: Request): Response {
  const postalCode = new URL(request.url).searchParams.get('postalCode')
  if (!postalCode) return orangeError(27)
  const city = Object.hasOwn(towns, postalCode) ? towns[postalCode] : undefined
  if (!city) return jsonResponse([])
  return jsonResponse(
    [1, 2, 3].map((number) => ({
      id: `${postalCode}-${number}`,
      name: `Boutique fictive ${number}`,
      address: `${number} rue de l'Exemple`,
      postalCode,
      city,
    })),
  )
}

/** The paths that accept a machine-to-machine token. */
export const machineRoutes: ReadonlyMap<string, Route> = new Map([
  ['/poi/v1/shops', { method: 'GET', answer: findShops }],
])

/** The made-up phone numbers of the Playground, and whether their SIM card was changed recently. */
const swapped: ReadonlyMap<unknown, boolean> = new Map([
  ['+99012345678', false],
  ['+99098765432', true],
])

/** The paths that accept a token of the Playground. */
export const playgroundRoutes: ReadonlyMap<string, Route> = new Map([
  ['/camara/playground/api/sim-swap/v1/check', { method: 'POST', answer: checkSimSwap }],
])

/** The paths that manage the Playground, with a machine-to-machine token. */
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
