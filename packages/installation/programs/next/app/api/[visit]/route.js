import { renew } from '../../../calls.js'

export async function GET() {
  return Response.json(await renew())
}
