import { test } from 'vitest'
import { expectGoodPages } from './good-pages.ts'
import { openBrowser } from './open-browser.ts'

const open = openBrowser()

test('every page is accessible, and fits, on a narrow screen in the dark and on a wide one in the light', () =>
  expectGoodPages(open, [
    '/',
    '/shops',
    '/shops?postalCode=1',
    '/shops?postalCode=35000',
    '/campaigns?size=3&page=2',
    '/campaigns?search=nothing',
    '/contracts',
    '/tokens',
    '/profile',
    '/signed-out',
    '/callback?state=forged',
    '/nowhere',
  ]))
