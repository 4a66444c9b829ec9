import { refresh } from '../../../calls.js'

export async function GET() {
  return Response.json(await refresh())
}
