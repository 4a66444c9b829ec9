import { expect, test } from 'vitest'
import { expectFinePackage, expectTestsToPass, newProvider, read } from './new-provider-runs.ts'

test.each([
  {
    name: 'acme-mobile-2',
    prefix: 'ACME_MOBILE_2',
    args: [
      '--client-auth=client_secret_post',
      '--title=Acme & Sons',
      '--token-endpoint=https://id.acme.example/token',
      '--docs=https://acme.example/docs',
      '--api=https://api.acme.example/v1/',
      '--api=https://sms.acme.example',
    ],
  },
])(
  'the package that new-provider makes for $name passes tests, type check, linter and formatter unchanged',
  expectFinePackage,
)

test('a package with the client authentication plain_basic passes its tests', async () => {
  await newProvider('acme', '--client-auth', 'plain_basic')
  expect(read('packages/acme/src/acme.ts')).toContain(`clientAuth: plainBasic,`)
  await expectTestsToPass(15)
})

test.each([
  ['get', [], "tokenRequest: { method: 'GET' },"],
  ['json', ['--client-auth=client_secret_post', '--token-type=access_token'], "tokenTypes: ['access_token'],"],
])('a package with token requests by %s passes its tests', async (tokenRequest, more, line) => {
  await newProvider('acme', '--token-request', tokenRequest, ...more)
  expect(read('packages/acme/src/acme.ts')).toContain(line)
  await expectTestsToPass(15)
})
