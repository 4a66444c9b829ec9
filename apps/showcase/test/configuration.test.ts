import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readConfiguration } from '../src/configuration/configuration.ts'
import { liveClients } from '../src/configuration/live-clients.ts'

const secret = 'a-secret-of-more-than-32-characters'

const [key = '', oldKey = ''] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64url'))

const production = {
  NODE_ENV: 'production',
  ORANGE_CLIENT_ID: 'id',
  SESSION_SECRET: secret,
  TOKEN_KEY: key,
  PUBLIC_URL: 'https://app.example',
}

test('without any variable, all providers are emulated', () => {
  const defaults = {
    host: '127.0.0.1',
    port: 3000,
    publicUrl: undefined,
    logLevel: 'info',
    redisUrl: undefined,
    sessionSecrets: undefined,
    tokenKeys: undefined,
    sessionMs: 28_800_000,
    isEmulatorOn: true,
    emulatorUrl: undefined,
    hasTokensPage: true,
  }
  expect(readConfiguration({})).toEqual(defaults)
  expect(readConfiguration({ HOST: '', PORT: '', PUBLIC_URL: '', REDIS_URL: '', ORANGE_CLIENT_ID: '' })).toEqual(
    defaults,
  )
})

test('everything can be set', () => {
  const env = {
    ...production,
    HOST: '::',
    PORT: '0',
    LOG_LEVEL: 'warn',
    REDIS_URL: 'rediss://user:password@redis.example:6380',
    SESSION_SECRET: `${secret}, ${secret}2`,
    TOKEN_KEY: `${key},${oldKey}`,
    SESSION_MINUTES: '5',
    EMULATOR: 'on',
    EMULATOR_URL: 'http://127.0.0.1:4010',
    TOKENS_PAGE: 'off',
  }
  expect(readConfiguration(env)).toEqual({
    host: '::',
    port: 0,
    publicUrl: 'https://app.example',
    logLevel: 'warn',
    redisUrl: 'rediss://user:password@redis.example:6380',
    sessionSecrets: [secret, `${secret}2`],
    tokenKeys: [key, oldKey],
    sessionMs: 300_000,
    isEmulatorOn: true,
    emulatorUrl: 'http://127.0.0.1:4010',
    hasTokensPage: false,
  })
})

test.each(['ORANGE_CLIENT_ID', 'DIGITALEO_CLIENT_ID', 'BOUYGUES_CLIENT_ID'])(
  'with %s, nothing is emulated, and there is no tokens page',
  (name) => {
    expect(readConfiguration({ [name]: 'id' })).toMatchObject({ isEmulatorOn: false, hasTokensPage: false })
    expect(readConfiguration({ [name]: 'id', EMULATOR: 'on' })).toMatchObject({
      isEmulatorOn: true,
      hasTokensPage: true,
    })
  },
)

test('in production, nothing is emulated without EMULATOR', () => {
  const env = { ...production, ORANGE_CLIENT_ID: '' }
  expect(() => readConfiguration(env)).toThrow(/No provider is configured: set ORANGE_CLIENT_ID.* or EMULATOR=on/)
  expect(readConfiguration({ ...env, EMULATOR: 'on' }).isEmulatorOn).toBe(true)
})

test.each(['SESSION_SECRET', 'TOKEN_KEY', 'PUBLIC_URL'])('in production %s must be set', (name) => {
  expect(() => readConfiguration({ ...production, [name]: '' })).toThrow(
    `${name} must be set where NODE_ENV is production`,
  )
})

test.each([
  ['PORT', '65536', 'PORT must be a number from 0 to 65535, not "65536"'],
  ['PORT', '80.5', 'PORT must be a number from 0 to 65535, not "80.5"'],
  ['PORT', ' ', 'PORT must be a number from 0 to 65535, not " "'],
  ['SESSION_MINUTES', '0', 'SESSION_MINUTES must be a number from 1 to 1440, not "0"'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of debug, info, warn, error, silent, not "loud"'],
  ['EMULATOR', 'yes', 'EMULATOR must be one of on, off, not "yes"'],
  ['EMULATOR', 'off', 'No provider is configured'],
  ['TOKENS_PAGE', 'yes', 'TOKENS_PAGE must be one of on, off, not "yes"'],
  ['SESSION_SECRET', 'short', 'SESSION_SECRET must have 32 characters or more'],
  ['SESSION_SECRET', `${secret},`, 'SESSION_SECRET must have 32 characters or more'],
  ['TOKEN_KEY', 'a passphrase', 'TOKEN_KEY must be 32 random bytes'],
  ['REDIS_URL', '127.0.0.1:6379', 'REDIS_URL must be a URL such as redis://127.0.0.1:6379'],
  ['REDIS_URL', 'http://127.0.0.1', 'REDIS_URL must be a URL such as redis://127.0.0.1:6379'],
  ['PUBLIC_URL', 'app.example', 'PUBLIC_URL must be an absolute URL, such as https://app.example'],
  ['PUBLIC_URL', 'ftp://app.example', 'PUBLIC_URL must be an absolute URL, such as https://app.example'],
  ['PUBLIC_URL', 'https://me:secret@app.example', 'PUBLIC_URL must not hold a user name or password'],
  ['PUBLIC_URL', 'https://app.example/path', 'PUBLIC_URL must be an origin only'],
  ['PUBLIC_URL', 'http://app.example', 'PUBLIC_URL must be https:'],
  ['EMULATOR_URL', 'http://emulator.example', 'EMULATOR_URL must be https:'],
])('%s cannot be %s', (name, value, message) => {
  expect(() => readConfiguration({ [name]: value })).toThrow(message)
})

test('a provider is live if its credentials are there', () => {
  expect(liveClients({})).toEqual({})
  const all = liveClients({
    ORANGE_CLIENT_ID: 'id',
    DIGITALEO_CLIENT_ID: 'id',
    BOUYGUES_CLIENT_ID: 'id',
    BOUYGUES_CLIENT_SECRET: 'secret',
    BOUYGUES_PRIVATE_KEY: 'key',
  })
  expect(Object.entries(all).map(([name, { mode, url }]) => [name, mode, url])).toEqual([
    ['shops', 'live', 'https://api.orange.com'],
    ['campaigns', 'live', 'https://api.messengeo.net'],
    ['login', 'live', 'https://api.bouyguestelecom.fr'],
    ['contracts', 'live', 'https://open.api.bouyguestelecom.fr/contracts'],
  ])
})

test('the configuration has no secret of a provider', () => {
  const env = { ORANGE_CLIENT_ID: 'id', ORANGE_CLIENT_SECRET: 'orange-secret', BOUYGUES_PRIVATE_KEY: 'private-key' }
  expect(JSON.stringify([readConfiguration(env), liveClients(env)])).not.toMatch(/orange-secret|private-key/)
})

test('the staging environment of Bouygues Telecom has its own addresses', () => {
  const env = { BOUYGUES_CLIENT_ID: 'id', BOUYGUES_CLIENT_SECRET: 'secret', BOUYGUES_ENVIRONMENT: 'ap4' }
  expect(liveClients(env).login).toMatchObject({
    provider: { name: 'bouygues-ap4' },
    url: 'https://api.sandbox.bouyguestelecom.fr/ap4',
  })
  expect(() => liveClients({ BOUYGUES_ENVIRONMENT: 'test' })).toThrow(
    'BOUYGUES_ENVIRONMENT must be one of production, ap4',
  )
})

test('an id at Bouygues Telecom needs a secret or a key', () => {
  expect(() => liveClients({ BOUYGUES_CLIENT_ID: 'id' })).toThrow('BOUYGUES_CLIENT_SECRET is for signing in')
})
