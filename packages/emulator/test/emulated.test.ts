import { expect, test } from 'vitest'
import { createEmulator, emulated, emulatedUrl } from '../src/index.ts'

const base = 'http://127.0.0.1:1234'

test.each([
  ['https://api.orange.com', `${base}/api.orange.com`],
  ['https://api.orange.com/', `${base}/api.orange.com/`],
  ['https://api.orange.com/poi/v1/shops?a=b#c', `${base}/api.orange.com/poi/v1/shops?a=b#c`],
  ['https://api.orange.com?a=b', `${base}/api.orange.com?a=b`],
  ['https://api.orange.com:443/oauth', `${base}/api.orange.com/oauth`],
  ['HTTPS://API.Orange.com/Path', `${base}/api.orange.com/Path`],
  ['https://api.orange.com:8443/oauth', `${base}/api.orange.com:8443/oauth`],
])('%s is on the server at %s', (url, expected) => {
  expect(emulatedUrl(url, base)).toBe(expected)
})

test.each(['orange', '', 'http://api.orange.com/', 'https://', 'https:// /', '/https://api.orange.com'])(
  '"%s" is not an https: URL and stays unchanged',
  (text) => {
    expect(emulatedUrl(text, base)).toBe(text)
  },
)

test.each([`${base}/`, `${base}//`, new URL(base)])('a base URL can end with a slash: %s', (url) => {
  expect(emulatedUrl('https://api.orange.com/a', url)).toBe(`${base}/api.orange.com/a`)
})

test('all URLs of a provider move, and the original stays unchanged', () => {
  const isRejected = () => true
  const provider = {
    name: 'digitaleo',
    issuer: 'https://oauth.messengeo.net',
    tokenEndpoint: 'https://oauth.messengeo.net/token',
    apis: ['https://api.messengeo.net', 'https://contacts.messengeo.net/rest'],
    assertionAudience: 'https://oauth.messengeo.net/realm',
    revocationEndpoint: undefined,
    rejectedStatuses: [400, 401],
    renewalMarginMs: 60_000,
    isRejected,
  }
  const copy = structuredClone({ ...provider, isRejected: null })
  expect(emulated(provider, base)).toEqual({
    name: 'digitaleo',
    issuer: `${base}/oauth.messengeo.net`,
    tokenEndpoint: `${base}/oauth.messengeo.net/token`,
    apis: [`${base}/api.messengeo.net`, `${base}/contacts.messengeo.net/rest`],
    assertionAudience: `${base}/oauth.messengeo.net/realm`,
    revocationEndpoint: undefined,
    rejectedStatuses: [400, 401],
    renewalMarginMs: 60_000,
    isRejected,
  })
  expect({ ...provider, isRejected: null }).toEqual(copy)
})

test('the hosts are those of the three providers, without repetition', () => {
  const { hosts } = createEmulator()
  expect(new Set(hosts).size).toBe(hosts.length)
  expect(hosts).toEqual([
    'api.orange.com',
    'inside01.api.orange.com',
    'oauth.messengeo.net',
    'api.messengeo.net',
    'contacts.messengeo.net',
    'sms.messengeo.net',
    'baseo.messengeo.net',
    'mobile.messengeo.net',
    'oauth2.bouyguestelecom.fr',
    'oauth2.sandbox.bouyguestelecom.fr',
    'mon-compte.bouyguestelecom-entreprises.fr',
    'www.mon-compte.bouyguestelecom.fr',
    'www.mon-compte.sandbox.bouyguestelecom.fr',
    'open.api.bouyguestelecom.fr',
    'api.bouyguestelecom.fr',
    'open.api.sandbox.bouyguestelecom.fr',
    'api.sandbox.bouyguestelecom.fr',
  ])
})
