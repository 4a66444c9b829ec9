import { test } from 'vitest'
import { expectGoodPages, expectPicture, openSite } from './open-site.ts'

const opened = openSite()

test('the pages of all kinds are accessible and fit, on a narrow screen in the dark and on a wide one in the light', () =>
  expectGoodPages(opened, [
    '',
    'how-it-works',
    'guarantees',
    'stores',
    'packages/redis',
    'reference/',
    'reference/core/',
    'reference/core/functions/createTokenSource',
    'reference/core/type-aliases/TokenSourceOptions',
  ]))

test.each([
  [320, 'dark', 'tokens-narrow-dark'],
  [1280, 'light', 'tokens-light'],
] as const)('the picture of the home page fits the screen, %i px wide and %s: %s', (width, colorScheme, name) =>
  expectPicture(opened, { viewport: { width, height: 800 }, colorScheme }, name),
)
