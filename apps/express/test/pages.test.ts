import { expect, test } from 'vitest'
import { startSite } from './support.ts'

test('the first page is the form, and asks Orange for nothing', async () => {
  await using site = await startSite()
  const { status, headers, text } = await site.get('/')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(text).toContain('<html lang="en">')
  expect(text).toContain('<label for="postal-code">')
  expect(text).not.toContain('role="alert"')
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 0, apiCalls: 0 })
})

test('a postal code lists the shops near it, with one token for all searches', async () => {
  await using site = await startSite()
  const { status, text } = await site.get('/?postalCode=35000')
  expect(status).toBe(200)
  expect(text).toContain('3 shops near 35000')
  expect(text).toContain('<h3>Boutique fictive 2</h3>')
  expect(text).toMatch(/2 rue de l&#39;Exemple<br \/>35000 Rennes/)
  expect(text).toContain('value="35000"')

  expect((await site.get('/?postalCode=%2075015%20')).text).toContain('3 shops near 75015')
  expect(site.emulator.orange.counters).toMatchObject({ tokenRequests: 1, apiCalls: 2 })
})

test.each(['', '3500', '350000', '35 00', 'abcde', '３５０００', '35000&postalCode=75015'])(
  'what is no postal code is refused, accessibly: %j',
  async (postalCode) => {
    await using site = await startSite()
    const { status, text } = await site.get(`/?postalCode=${postalCode}`)
    expect(status).toBe(400)
    expect(text).toMatch(/<p class="error" id="postal-code-error" role="alert">\s*Enter a postal code of five digits\./)
    expect(text).toContain('aria-describedby="postal-code-hint postal-code-error"')
    expect(text).toContain('aria-invalid="true"')
    expect(text).toContain('<title>Error: ')
    expect(site.emulator.orange.counters.apiCalls).toBe(0)
  },
)

test('a town without shops gets a friendly word', async () => {
  await using site = await startSite()
  const { status, text } = await site.get('/?postalCode=99999')
  expect(status).toBe(200)
  expect(text).toContain('No shops near 99999')
  expect(text).toContain('Try the postal code of a larger town nearby')
})

test('one shop is not called shops', async () => {
  await using site = await startSite()
  const shop = { name: 'Boutique', address: '1 rue', postalCode: '35000', city: 'Rennes' }
  site.emulator.orange.answerApiCalls(1, { status: 200, body: [shop] })
  expect((await site.get('/?postalCode=35000')).text).toContain('1 shop near 35000')
})

test('markup from Orange or from the visitor is shown, never obeyed', async () => {
  await using site = await startSite()
  const evil = `<script>alert("1")</script>'&`
  const shop = { name: evil, address: evil, postalCode: evil, city: evil }
  site.emulator.orange.answerApiCalls(1, { status: 200, body: [shop] })
  const list = (await site.get('/?postalCode=35000')).text
  expect(list).not.toContain('<script')
  expect(list.split('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#39;&#38;')).toHaveLength(5)

  const form = (await site.get(`/?postalCode=${encodeURIComponent('"><script>')}`)).text
  expect(form).not.toContain('<script')
  expect(form).toContain('value="&#34;&#62;&#60;script&#62;"')
})

test.each(['/nowhere', '/..%2Fpackage.json', '/%E0%A4%A'])('there is nothing at %s', async (path) => {
  await using site = await startSite()
  const { status, text } = await site.get(path)
  expect(status).toBe(404)
  expect(text).toContain('<h1>Page not found</h1>')
})

test.each(['/?postalCode=35000', '/style.css', '/nowhere'])(
  'every answer tells the browser to be strict: %s',
  async (path) => {
    await using site = await startSite()
    const { headers, text } = await site.get(path)
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=/)
  },
)

test('the stylesheet and the icon are served as what they are', async () => {
  await using site = await startSite()
  expect((await site.get('/style.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect((await site.get('/icon.svg')).headers.get('content-type')).toBe('image/svg+xml')
})
