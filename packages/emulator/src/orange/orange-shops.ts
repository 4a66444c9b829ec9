import { jsonResponse } from '../json-response.ts'
import { orangeError } from './orange-error.ts'

/** The towns that have shops, by postal code. */
const towns: Readonly<Record<string, string>> = { '13001': 'Marseille', '35000': 'Rennes', '75015': 'Paris' }

/** Answers a search for shops by postal code; the shops are made up, as is their number. */
export function findShops(request: Request): Response {
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
