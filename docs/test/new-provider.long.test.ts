import { expect, test } from 'vitest'
import { expectFinePackage, expectRefusal, expectTestsToPass, newProvider, read } from './new-provider-runs.ts'

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
  async (made) => {
    await expectFinePackage(made)
  },
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

test.each([
  ['two names', ['acme', 'other'], 'Only one name'],
  ['a leading digit', ['3acme'], "'3acme' cannot be the name"],
  ['an empty word', ['acme--mobile'], "'acme--mobile' cannot be the name"],
  ['a path', ['../acme'], "'../acme' cannot be the name"],
  ['a name that is too long', ['a'.repeat(41)], 'up to 40'],
  ['the name of a package in another folder', ['docs'], '@oauthkit/docs is the name of another package'],
  ['a word reserved in modules', ['await'], "'await' cannot be the name of a variable"],
  ['a global', ['fetch'], "'fetch' cannot be the name of a variable"],
  ['a name that the code imports', ['ky'], "'ky' cannot be the name of a variable"],
  [
    'a client authentication that this grant does not allow',
    ['acme', '--client-auth', 'none'],
    '--client-auth must be one of client_secret',
  ],
  ['a name that the code declares', ['things'], "'things' cannot be the name of a variable"],
  [
    'an unknown shape of token requests',
    ['acme', '--token-request', 'xml'],
    '--token-request must be one of form, json',
  ],
  ['a token type with a quote', ['acme', '--token-type', "a'b"], '--token-type takes letters'],
  ['an endpoint with a secret', ['acme', '--token-endpoint', 'https://a:b@acme.example'], 'must be an https: URL'],
  ['a relative API', ['acme', '--api', '/v1'], '--api must be an https: URL'],
  ['an API with a query', ['acme', '--api', 'https://acme.example?a'], '--api must have no query and no fragment'],
  ['a URL with a quote', ['acme', '--api', "https://acme.example/'"], 'percent-encoded'],
])('%s is refused before anything is written', async (what, args, message) => {
  await expectRefusal(what, args, message)
})
