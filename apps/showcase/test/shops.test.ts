import { expect, test } from 'vitest'
import { startSite } from './support.ts'

test('the shops page is a form, and makes no call to Orange', async () => {
  await using site = await startSite()
  const { status, headers, text } = await site.get('/shops')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(text).toContain('<html lang="en">')
  expect(text).toContain('<label for="postal-code">')
  expect(text).not.toContain('role="alert"')
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 0, apiCalls: 0 })
})

test('a postal code lists the shops near it, with one token for all searches', async () => {
  await using site = await startSite()
  const { status, text } = await site.get('/shops?postalCode=35000')
  expect(status).toBe(200)
  expect(text).toMatch(/<caption>\s*Orange shops near 35000/)
  expect(text).toContain('3 entries')
  expect(text).toContain('<th scope="row">Boutique fictive 2</th>')
  expect(text).toContain('2 rue de l&#39;Exemple')
  expect(text).toContain('value="35000"')

  expect((await site.get('/shops?postalCode=%2075015%20')).text).toContain('3 entries')
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test.each(['', '3500', '350000', '35 00', 'abcde', '３５０００', '35000&postalCode=75015'])(
  'a text that is no postal code gets an accessible error: %j',
  async (postalCode) => {
    await using site = await startSite()
    const { status, text } = await site.get(`/shops?postalCode=${postalCode}`)
    expect(status).toBe(400)
    expect(text).toMatch(/<p class="error" id="postal-code-error" role="alert">\s*Enter a postal code of five digits\./)
    expect(text).toContain('aria-describedby="postal-code-hint postal-code-error"')
    expect(text).toContain('aria-invalid="true"')
    expect(text).toContain('<title>Error: ')
    expect(site.emulator.orange.counters.apiCalls).toBe(0)
  },
)

test('a town without shops gets a friendly message', async () => {
  await using site = await startSite()
  const { status, text } = await site.get('/shops?postalCode=99999')
  expect(status).toBe(200)
  expect(text).toContain('There is no shop near 99999. Try the postal code of a larger town nearby.')
})

test('markup from Orange or from the visitor is shown as text', async () => {
  await using site = await startSite()
  const evil = `<script>alert("1")</script>'&`
  const shop = { name: evil, address: evil, postalCode: evil, city: 'x' }
  site.emulator.orange.answerApiCalls(1, { status: 200, body: [shop] })
  const list = (await site.get('/shops?postalCode=35000')).text
  expect(list).not.toContain('<script')
  expect(list.split('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#39;&#38;')).toHaveLength(4)

  const form = (await site.get(`/shops?postalCode=${encodeURIComponent('"><script>')}`)).text
  expect(form).not.toContain('<script')
  expect(form).toContain('value="&#34;&#62;&#60;script&#62;"')
})
