import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHttpDate, parseRetryAfter } from '../../src/failure/http-date.ts'
import { useFakeTime } from '../fake-time.ts'

useFakeTime()

const instant = Date.UTC(1994, 10, 6, 8, 49, 37)

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  'the date %s of RFC 9110 is read',
  (text) => {
    expect(parseHttpDate(text)).toBe(instant)
  },
)

test('each date is read in each of the three forms', () => {
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
  const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(dates, (date) => {
      const whole = Math.floor(date.getTime() / 1000) * 1000
      const fixed = new Date(whole).toUTCString()
      const [day = '', number = '', month = '', year = '', time = ''] = fixed.replace(',', '').split(' ')
      const long = days.find((name) => name.startsWith(day)) ?? ''
      expect(parseHttpDate(fixed)).toBe(whole)
      expect(parseHttpDate(`${long}, ${number}-${month}-${year.slice(2)} ${time} GMT`)).toBe(whole)
      expect(parseHttpDate(`${day} ${month} ${String(Number(number)).padStart(2)} ${time} ${year}`)).toBe(whole)
    }),
  )
})

test.each([
  '120.5',
  '-1',
  '+5',
  '1e3',
  '0x10',
  '5 s',
  '5,6',
  '٣',
  '2026-11-29',
  '2026-11-29T12:00:00Z',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nov 1994 08:49:37 +0100',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 25:00:00 GMT',
  'tomorrow',
  '',
])('the Retry-After %j is neither a number of seconds nor a date, and is ignored', (text) => {
  expect(parseRetryAfter(text)).toBeUndefined()
})

test('a Retry-After is a whole number of seconds or a date, and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)), (text) => {
      const isSeconds = /^[0-9]+$/.test(text)
      const at = parseRetryAfter(text)
      expect(at).toBe(isSeconds ? Math.min(1_000_000 + Number(text) * 1000, 87_400_000) : undefined)
    }),
  )
})

test('a missing Retry-After is no time', () => {
  expect(parseRetryAfter(null)).toBeUndefined()
})
