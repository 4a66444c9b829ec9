import { expect, test } from 'vitest'
import { startSite } from './support.ts'

const campaigns = Array.from({ length: 23 }, (_, index) => ({
  id: index + 1,
  name: index === 6 ? 'Été à Rennes' : `Campagne ${index + 1}`,
}))

/** Answers as the API does, for as many campaigns as these. */
const listOf = (all: readonly object[]) => (request: Request) => {
  const { searchParams } = new URL(request.url)
  const offset = Number(searchParams.get('offset'))
  return Response.json({ list: all.slice(offset, offset + Number(searchParams.get('limit'))), total: all.length })
}

async function startWithCampaigns(all: readonly object[] = campaigns) {
  const site = await startSite()
  site.emulator.digitaleo.answerApiCalls(Infinity, listOf(all))
  return site
}

const rowsOf = (text: string) => Array.from(text.matchAll(/<th scope="row">([^<]*)/g), ([, name]) => name)

test('campaigns come from Digitaleo, and contracts from Bouygues Telecom with a certificate', async () => {
  await using site = await startSite()
  expect(rowsOf((await site.get('/campaigns')).text)).toEqual([1, 2, 3, 4, 5].map((id) => `Campagne fictive ${id}`))
  expect(rowsOf((await site.get('/contracts')).text)).toEqual(['contrat-fictif-1', 'contrat-fictif-2'])
  expect(site.emulator.bouygues.counters).toMatchObject({ tokenRequests: 1, apiCalls: 1 })
})

test('a list has pages, whose links keep the search and the size', async () => {
  await using site = await startWithCampaigns()
  const first = (await site.get('/campaigns?search=campagne')).text
  expect(rowsOf(first)).toHaveLength(10)
  expect(first).toContain('22 entries, page 1 of 3')
  expect(first).toContain('rel="next" href="/campaigns?search=campagne&#38;size=10&#38;page=2"')
  expect(first).not.toContain('rel="prev"')

  const last = (await site.get('/campaigns?size=25&page=2')).text
  expect(rowsOf(last)).toHaveLength(23)
  const middle = (await site.get('/campaigns?size=3&page=2')).text
  expect(rowsOf(middle)).toEqual(['Campagne 4', 'Campagne 5', 'Campagne 6'])
  expect(middle).toMatch(/rel="prev"[\s\S]*rel="next"/)
})

test.each([
  ['ete', ['Été à Rennes']],
  ['RENNES', ['Été à Rennes']],
  ['23', ['Campagne 23']],
])('a search for %s ignores case and accents', async (search, found) => {
  await using site = await startWithCampaigns()
  const { text } = await site.get(`/campaigns?search=${search}`)
  expect(rowsOf(text)).toEqual(found)
})

test.each(['page=0', 'page=-1', 'page=1e9', 'page=x', 'page=1&page=2', 'size=4', 'size=x', 'search=a&search=b'])(
  'a value that is not valid counts as not given: %s',
  async (query) => {
    await using site = await startWithCampaigns()
    const { status, text } = await site.get(`/campaigns?${query}`)
    expect(status).toBe(200)
    expect(text).toContain('23 entries, page 1 of 3')
  },
)

test('a page after the last one is the last one', async () => {
  await using site = await startWithCampaigns()
  expect((await site.get('/campaigns?page=99')).text).toContain('page 3 of 3')
})

test('a long list needs several calls, but not without end', async () => {
  const all = Array.from({ length: 1200 }, (_, id) => ({ id, name: `Campagne ${id}` }))
  await using site = await startWithCampaigns(all)
  expect((await site.get('/campaigns')).text).toContain('1000 entries')
  expect(site.emulator.digitaleo.counters.apiCalls).toBe(10)
})

test('a list that has less than it says makes no loop', async () => {
  await using site = await startSite()
  site.emulator.digitaleo.answerApiCalls(Infinity, () => Response.json({ list: [], total: 5 }))
  expect((await site.get('/campaigns')).text).toContain('There are no campaigns.')
  expect(site.emulator.digitaleo.counters.apiCalls).toBe(1)
})

test('a search that finds nothing says so', async () => {
  await using site = await startWithCampaigns()
  const { text } = await site.get('/campaigns?search=nowhere')
  expect(rowsOf(text)).toEqual([])
  expect(text).toContain('No campaign contains “nowhere”.')
})
