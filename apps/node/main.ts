// Finds shops near a postal code, on Node. Nothing here gets, keeps, renews or attaches a token: orangeAuth() does.
// `npx -y pnpm@12 start`, at the root of the repository, runs it against an emulator of Orange's API.
import { orange, orangeAuth } from '@oauthkit/orange'
import ky from 'ky'
import { tour, type Shop } from '../demo/tour.ts'

const server = process.env['EMULATOR_URL'] ?? ''
const api = `${server}/api.orange.com`
const emulated = { ...orange, tokenEndpoint: `${api}/oauth/v3/token`, apis: [api] }

// ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET come from the environment.
const client = ky.extend(orangeAuth({ provider: emulated }))

await tour(server, (postalCode) => client.get(`${api}/poi/v1/shops`, { searchParams: { postalCode } }).json<Shop[]>())
