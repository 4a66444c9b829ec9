import { expect, test } from 'vitest'
import { readConfiguration } from '../src/configuration.ts'

test('nothing needs to be set', () => {
  const defaults = { host: '127.0.0.1', port: 3000, orangeUrl: undefined }
  expect(readConfiguration({})).toEqual(defaults)
  expect(readConfiguration({ HOST: '', PORT: '', ORANGE_URL: '' })).toEqual(defaults)
})

test('everything can be set', () => {
  expect(readConfiguration({ HOST: '::', PORT: '0', ORANGE_URL: 'http://127.0.0.1:4010/api.orange.com/' })).toEqual({
    host: '::',
    port: 0,
    orangeUrl: 'http://127.0.0.1:4010/api.orange.com',
  })
})

test.each(['65536', '-1', '80.5', '0x50', 'http', ' '])('PORT cannot be %j', (PORT) => {
  expect(() => readConfiguration({ PORT })).toThrow(
    new TypeError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(PORT)}`),
  )
})

test.each([
  ['127.0.0.1:4010', 'ORANGE_URL must be an absolute URL'],
  ['ftp://127.0.0.1/', 'ORANGE_URL must be an absolute URL'],
  ['http://me:secret@127.0.0.1/', 'ORANGE_URL must not hold a user name or password'],
  ['http://127.0.0.1/?a', 'ORANGE_URL must end with its path'],
])('ORANGE_URL cannot be %s', (url, message) => {
  expect(() => readConfiguration({ ORANGE_URL: url })).toThrow(message)
})
