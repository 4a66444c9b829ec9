import { afterEach, expect, test, vi } from 'vitest'
import { clientSecretPost, none, type Grant, type TokenSourceOptions } from '../../src/index.ts'
import { fromEnvironment, readEnvironment } from '../../src/plugin/index.ts'
import { provider } from '../support.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const set = (variables: Record<string, string | undefined>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

test('missing credentials come from the environment', () => {
  set({ EXAMPLE_CLIENT_ID: 'id', EXAMPLE_CLIENT_SECRET: 'secret' })
  const options: TokenSourceOptions = { scope: 'read' }
  expect(fromEnvironment(options, provider, 'EXAMPLE')).toEqual({
    provider,
    clientId: 'id',
    clientSecret: 'secret',
    scope: 'read',
  })
})

test('options win over environment variables', () => {
  set({ EXAMPLE_CLIENT_ID: 'id', EXAMPLE_CLIENT_SECRET: 'secret' })
  const given = { provider: { ...provider, name: 'sandbox' }, clientId: () => 'own', clientSecret: 'own' }
  expect(fromEnvironment(given, provider, 'EXAMPLE')).toEqual(given)
})

test.each([
  [{}, 'EXAMPLE_CLIENT_ID is not set: set that environment variable, or give the option clientId'],
  [{ EXAMPLE_CLIENT_ID: '' }, 'EXAMPLE_CLIENT_ID is not set'],
  [
    { EXAMPLE_CLIENT_ID: 'id' },
    'EXAMPLE_CLIENT_SECRET is not set: set that environment variable, or give the option clientSecret',
  ],
  [{ EXAMPLE_CLIENT_ID: 'id', EXAMPLE_CLIENT_SECRET: '' }, 'EXAMPLE_CLIENT_SECRET is not set'],
])('a missing or empty variable is a TypeError that names it: %o', (variables, message) => {
  set({ EXAMPLE_CLIENT_ID: undefined, EXAMPLE_CLIENT_SECRET: undefined, ...variables })
  expect(() => fromEnvironment({}, provider, 'EXAMPLE')).toThrow(TypeError)
  expect(() => fromEnvironment({}, provider, 'EXAMPLE')).toThrow(message)
})

test('a variable that ends with a line break, such as one read from a file, is a TypeError', () => {
  set({ EXAMPLE_CLIENT_ID: 'id\n', EXAMPLE_CLIENT_SECRET: 'secret' })
  expect(() => fromEnvironment({}, provider, 'EXAMPLE')).toThrow(
    'EXAMPLE_CLIENT_ID has spaces or line breaks around it',
  )
})

test('the secret is read only if the chosen client authentication sends it', () => {
  set({ EXAMPLE_CLIENT_ID: 'id', EXAMPLE_CLIENT_SECRET: 'secret' })
  const secretFor = (options: Parameters<typeof fromEnvironment>[0]) =>
    fromEnvironment(options, provider, 'EXAMPLE').clientSecret
  expect(secretFor({ clientAuth: clientSecretPost })).toBe('secret')
  expect(secretFor({ provider: { ...provider, clientAuth: none } })).toBeUndefined()
  expect(secretFor({ clientAuth: () => {} })).toBeUndefined()
})

test('on a platform without environment variables, the error still names the variable', () => {
  vi.stubGlobal('process', undefined)
  expect(() => fromEnvironment({}, provider, 'EXAMPLE')).toThrow('EXAMPLE_CLIENT_ID is not set')
})

test('no variable is read for an option that a grant sets or does not need', () => {
  set({ EXAMPLE_CLIENT_ID: 'id', EXAMPLE_CLIENT_SECRET: 'secret' })
  const grant: Grant = {
    name: 'own',
    identity: '',
    clientId: 'of-grant',
    clientAuth: none,
    provider: { ...provider, name: 'of-grant' },
  }
  expect(fromEnvironment({ grant }, provider, 'EXAMPLE')).toEqual({
    grant,
    provider: grant.provider,
    clientId: 'of-grant',
    clientSecret: undefined,
  })
  expect(fromEnvironment({ clientAuth: none }, provider, 'EXAMPLE').clientSecret).toBeUndefined()
})

test('readEnvironment returns a variable unchanged, and throws if it is not set', () => {
  set({ EXAMPLE_KEY: ' key\n' })
  expect(readEnvironment('EXAMPLE_KEY', 'key')).toBe(' key\n')
  set({ EXAMPLE_KEY: undefined })
  expect(() => readEnvironment('EXAMPLE_KEY', 'key')).toThrow(
    new TypeError('EXAMPLE_KEY is not set: set that environment variable, or give the option key'),
  )
})
