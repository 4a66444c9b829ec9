// Lists the shops near a postal code, on Node. orangeAuth() gets the token, keeps it, renews it, and adds it to each call.
// `npx -y pnpm@12 start` in the root of the repository runs this program against an emulator of Orange's API.
import { orange, orangeAuth } from '@oauthkit/orange'
import ky from 'ky'
import { tour, type Shop } from '../demo/tour.ts'

const server = process.env['EMULATOR_URL'] ?? ''
const api = `${server}/api.orange.com`
const emulated = { ...orange, tokenEndpoint: `${api}/oauth/v3/token`, apis: [api] }

// orangeAuth() reads ORANGE_CLIENT_ID and ORANGE_CLIENT_SECRET from the environment.
const client = ky.extend(orangeAuth({ provider: emulated }))

await tour(server, (postalCode) => client.get(`${api}/poi/v1/shops`, { searchParams: { postalCode } }).json<Shop[]>())
