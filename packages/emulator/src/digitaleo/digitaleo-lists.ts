import { jsonResponse } from '../json-response.ts'

const campaigns = [1, 2, 3, 4, 5].map((id) => ({ id, name: `Campagne fictive ${id}` }))

const contacts = [1, 2, 3, 4, 5].map((id) => ({ id, firstName: 'Prénom', lastName: `Fictif ${id}` }))

/** Answers with made-up campaigns. */
export const listCampaigns = (request: Request): Response => listPage(request, campaigns)

/** Answers with made-up contacts. */
export const listContacts = (request: Request): Response => listPage(request, contacts)

function listPage(request: Request, all: readonly object[]): Response {
  const { searchParams } = new URL(request.url)
  const offset = Number(searchParams.get('offset') ?? 0)
  const limit = Number(searchParams.get('limit') ?? all.length)
  return jsonResponse({ list: all.slice(offset, offset + limit), total: all.length })
}
