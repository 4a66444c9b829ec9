// Lists the Orange shops near a postal code, on Deno. The token is kept in Deno KV: the next run finds it there.
import { parseArgs } from 'node:util'
import { denoKvStore } from 'npm:@oauthkit/deno-kv'
import { isOAuthError, orange, orangeAuth } from 'npm:@oauthkit/orange'
import ky, { isHTTPError, isNetworkError, isTimeoutError } from 'npm:ky'

const usage = `Usage: shops.ts [--url=URL] POSTAL_CODE

  --url  another base URL for Orange's APIs and token endpoint, such as an emulator's
`

/** What the exit codes mean, for scripts that run this one. */
const exitCodes = { done: 0, failed: 1, misused: 2, refused: 3, unavailable: 4 } as const

type Shop = { readonly name: string; readonly address: string; readonly postalCode: string; readonly city: string }

/** The command line is wrong, or the command that started this one. */
class Misuse extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: { url: { type: 'string' } }, allowPositionals: true })
    const [postalCode = '', ...others] = positionals
    const url = values.url?.replace(/\/$/, '')
    const isUrl = url === undefined || (URL.canParse(url) && /^https?:/.test(url))
    if (/^\d{5}$/.test(postalCode) && others.length === 0 && isUrl) return { postalCode, url }
  } catch {
    // An option that there is not.
  }
  throw new Misuse(usage)
}

/** Asks for what is missing where there is somebody to ask. */
async function requirePermissions(...permissions: Deno.PermissionDescriptor[]) {
  for (const permission of permissions) {
    // oxlint-disable-next-line no-await-in-loop -- one question after the other
    const { state } = await Deno.permissions.request(permission)
    if (state === 'granted') continue
    const what = 'host' in permission ? permission.host : 'variable' in permission ? permission.variable : undefined
    throw new Misuse(`Deno must be told to let this program at it: --allow-${permission.name}=${what}`)
  }
}

async function listShops() {
  const { postalCode, url } = readArguments()
  await requirePermissions(
    { name: 'env', variable: 'ORANGE_CLIENT_ID' },
    { name: 'env', variable: 'ORANGE_CLIENT_SECRET' },
    { name: 'net', host: new URL(url ?? 'https://api.orange.com').host },
  )
  const provider = url ? { ...orange, tokenEndpoint: `${url}/oauth/v3/token`, apis: [url] } : orange
  if (!('openKv' in Deno)) throw new Misuse('Deno KV is not there: --unstable-kv')
  // Without a path the database is Deno's own for this program, and needs no permission.
  using kv = await Deno.openKv()
  const api = ky
    .create({ prefix: url ?? 'https://api.orange.com', timeout: 5000, retry: 1 })
    .extend(orangeAuth({ provider, store: denoKvStore(kv) }))
  const shops = await api.get('poi/v1/shops', { searchParams: { postalCode } }).json<Shop[]>()
  if (!Array.isArray(shops)) throw new Error('Unexpected answer')
  console.log(shops.length === 0 ? `No shop near ${postalCode}` : table(shops))
}

/** Lines with columns as wide as they need to be. */
function table(shops: readonly Shop[]): string {
  const rows = [
    ['Name', 'Address', 'Postal code', 'City'],
    ...shops.map(({ name, address, postalCode, city }) => [name, address, postalCode, city]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 2)
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('')).join('\n')
}

function exitCodeOf(error: unknown): number {
  if (isOAuthError(error)) {
    if (error.code === 'TOKEN_REFUSED') return exitCodes.refused
    return error.code === 'TOKEN_UNAVAILABLE' ? exitCodes.unavailable : exitCodes.failed
  }
  if (isHTTPError(error)) {
    const { status } = error.response
    if (status === 401 || status === 403) return exitCodes.refused
    return status === 429 || status >= 500 ? exitCodes.unavailable : exitCodes.failed
  }
  if (isNetworkError(error) || isTimeoutError(error)) return exitCodes.unavailable
  // orangeAuth says so of a variable that is missing.
  return error instanceof Misuse || error instanceof TypeError ? exitCodes.misused : exitCodes.failed
}

try {
  await listShops()
} catch (error) {
  // The message alone: the error of a call holds the call.
  console.error(error instanceof Error ? error.message : String(error))
  Deno.exitCode = exitCodeOf(error)
}
