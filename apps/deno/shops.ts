// Lists the Orange shops near a postal code, on Deno. The token is in Deno KV, so the next run uses it again.
import { parseArgs } from 'node:util'
import { denoKvStore } from 'npm:@oauthkit/deno-kv'
import { orange, orangeAuth } from 'npm:@oauthkit/orange'
import ky from 'npm:ky'

type Shop = { readonly name: string; readonly address: string; readonly postalCode: string; readonly city: string }

const usage = 'Usage: shops.ts [--url=URL] POSTAL_CODE'

try {
  const { values, positionals } = parseArgs({ options: { url: { type: 'string' } }, allowPositionals: true })
  const [postalCode = ''] = positionals
  if (!/^\d{5}$/.test(postalCode) || positionals.length > 1) throw new TypeError(usage)

  // With --url, the program calls another server than Orange's, such as an emulator.
  const url = values.url?.replace(/\/$/, '')
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, apis: [url] } : orange

  using kv = await Deno.openKv()
  const api = ky
    .create({ prefix: url ?? 'https://api.orange.com' })
    .extend(orangeAuth({ provider, store: denoKvStore(kv) }))
  const shops = await api.get('poi/v1/shops', { searchParams: { postalCode } }).json<Shop[]>()

  if (shops.length === 0) console.log(`No shop near ${postalCode}`)
  else console.table(shops, ['name', 'address', 'postalCode', 'city'])
} catch (error) {
  // Only the message, because an error of ky contains the whole request.
  console.error(error instanceof Error ? error.message : String(error))
  // A TypeError means wrong usage: an unknown option, or a variable that is not set.
  Deno.exitCode = error instanceof TypeError ? 2 : 1
}
