import ky from 'ky'
import { expect, test } from 'vitest'
import { bearer } from '../../src/index.ts'
import { api, errorOf, unauthorized } from '../support.ts'

const apis = ['https://api.example']
const url = 'https://api.example/v1'

test('a fixed token is sent with each call to its APIs, and with no other call', async () => {
  const target = api()
  const http = ky.create({ fetch: target.fetch }).extend(bearer('fixed', { apis, exceptApis: [`${url}/users`] }))
  await http.get(url)
  await http.post(url, { json: {} })
  await http.get(`${url}/users`)
  await http.get('https://other.example')
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer fixed', 'Bearer fixed', null, null])
})

test("a call whose fixed token is rejected gets the API's 401, and is not sent again", async () => {
  const target = api(unauthorized(), unauthorized())
  const http = ky.create({ fetch: target.fetch }).extend(bearer('fixed', { apis }))
  expect(await errorOf(http.get(url))).toMatchObject({ name: 'HTTPError', response: { status: 401 } })
  expect(target.calls).toHaveLength(1)
})

test.each(['', 'two words', 'line\nbreak', 'n\u00FC'])(
  'a fixed token that cannot be sent in a header is a TypeError that does not show it: %j',
  (token) => {
    expect(() => bearer(token, { apis })).toThrow(
      new TypeError('bearer: the token is empty, or cannot be sent in a header'),
    )
  },
)

test.each([
  ['no options', undefined],
  ['no apis', {}],
  ['an empty list of apis', { apis: [] }],
  ['an http: API', { apis: ['http://api.example'] }],
])('a fixed token with %s is a TypeError at once', (_what, options) => {
  expect(() => bearer('fixed', options as never)).toThrow(TypeError)
})
