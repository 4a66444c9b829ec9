import ky from 'ky'
import { expect, test } from 'vitest'
import { bearer } from '../../src/index.ts'
import { api, errorOf, unauthorized } from '../support.ts'

const apis = ['https://api.example']
const url = 'https://api.example/v1'

test('a fixed token goes with each call to its APIs, and nowhere else', async () => {
  const target = api()
  const http = ky.create({ fetch: target.fetch }).extend(bearer('fixed', { apis, exceptApis: [`${url}/users`] }))
  await http.get(url)
  await http.post(url, { json: {} })
  await http.get(`${url}/users`)
  await http.get('https://other.example')
  expect(target.calls.map(({ authorization }) => authorization)).toEqual(['Bearer fixed', 'Bearer fixed', null, null])
})

test('a call whose fixed token is rejected gets the genuine 401, and is not sent again', async () => {
  const target = api(unauthorized(), unauthorized())
  const http = ky.create({ fetch: target.fetch }).extend(bearer('fixed', { apis }))
  expect(await errorOf(http.get(url))).toMatchObject({ name: 'HTTPError', response: { status: 401 } })
  expect(target.calls).toHaveLength(1)
})

test.each(['', 'two words', 'line\nbreak', 'n\u00FC'])(
  'a fixed token that no header can hold is refused, and not shown: %j',
  (token) => {
    expect(() => bearer(token, { apis })).toThrow(
      new TypeError('bearer: the token is empty, or cannot be sent in a header'),
    )
  },
)

test.each([
  ['no options', undefined],
  ['no apis', {}],
  ['no URL', { apis: [] }],
  ['a URL in clear', { apis: ['http://api.example'] }],
])('a fixed token says at once that it needs to know where it may be sent: %s', (_what, options) => {
  expect(() => bearer('fixed', options as never)).toThrow(TypeError)
})
