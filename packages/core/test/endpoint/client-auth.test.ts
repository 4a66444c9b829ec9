import { expect, test } from 'vitest'
import { clientSecretBasic, clientSecretPost, none, plainBasic, type ClientAuth } from '../../src/index.ts'
import { provider } from '../support.ts'

async function authenticate(clientAuth: ClientAuth, clientId: string, clientSecret?: string) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = new Headers()
  await clientAuth({ form, headers, clientId, clientSecret, provider, endpoint: provider.tokenEndpoint })
  return { form: form.toString(), authorization: headers.get('authorization') }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  { id: 'app', secret: 'pass', joined: 'app:pass' },
  { id: 'a b', secret: 'p+q/r%:=&', joined: 'a+b:p%2Bq%2Fr%25%3A%3D%26' },
  { id: 'é', secret: '€-_.*~', joined: '%C3%A9:%E2%82%AC-_.*%7E' },
])('clientSecretBasic form-encodes id and secret before base64: $joined', async ({ id, secret, joined }) => {
  const { form, authorization } = await authenticate(clientSecretBasic, id, secret)
  expect(authorization).toBe(`Basic ${base64(joined)}`)
  expect(form).toBe('grant_type=client_credentials')
})

test.each([
  { id: 'app', secret: 'pass' },
  { id: 'a b', secret: 'p+q/r%:=&' },
  { id: 'é', secret: '€' },
])('plainBasic joins id and secret without form-encoding, in UTF-8: $id:$secret', async ({ id, secret }) => {
  const { form, authorization } = await authenticate(plainBasic, id, secret)
  expect(authorization).toBe(`Basic ${base64(`${id}:${secret}`)}`)
  expect(form).toBe('grant_type=client_credentials')
})

test('plainBasic refuses a client id with a colon: the server would cut the id there', async () => {
  await expect(authenticate(plainBasic, 'a:b', 'pass')).rejects.toThrow(
    /^plainBasic cannot send a client id with a colon/,
  )
})

test('clientSecretPost puts id and secret into the form and nothing into the headers', async () => {
  const { form, authorization } = await authenticate(clientSecretPost, 'app', 'p+q&r')
  expect(form).toBe('grant_type=client_credentials&client_id=app&client_secret=p%2Bq%26r')
  expect(authorization).toBeNull()
})

test('none puts only the id into the form', async () => {
  const { form, authorization } = await authenticate(none, 'app', 'pass')
  expect(form).toBe('grant_type=client_credentials&client_id=app')
  expect(authorization).toBeNull()
})

test.each([{ clientSecretBasic }, { plainBasic }, { clientSecretPost }])(
  'a client authentication that needs a secret rejects without one, and says so: %o',
  async (named) => {
    const [name = '', clientAuth = none] = Object.entries(named)[0] ?? []
    await expect(authenticate(clientAuth, 'app')).rejects.toThrow(`${name} needs a clientSecret`)
  },
)
