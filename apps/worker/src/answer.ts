import type { KyInstance } from 'ky'
import { answerFailure } from './answer-failure.ts'
import { problem } from './problem.ts'

/** Answers `GET /shops?postalCode=35000` with Orange's response. Each other request gets an error. */
export async function answer(request: Request, api: KyInstance): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname !== '/shops') return problem(404, 'There is /shops?postalCode=35000 only')
  if (request.method !== 'GET') return problem(405, 'Only GET is answered', { Allow: 'GET' })
  const postalCode = searchParams.get('postalCode') ?? ''
  if (!/^\d{5}$/.test(postalCode)) return problem(400, 'postalCode must be five digits')
  try {
    return Response.json(await api.get('poi/v1/shops', { searchParams: { postalCode } }).json())
  } catch (error) {
    return answerFailure(error)
  }
}
