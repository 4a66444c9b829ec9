import { encrypted } from '@oauthkit/encrypted'
import * as v from 'valibot'
import { choice, count, list, origin, readVariables, text, type Environment } from './variables.ts'

/** The variables that say how to run the app. The providers' packages read their credentials themselves. */
const variables = {
  NODE_ENV: text,
  /** The address to listen on. */
  HOST: v.optional(v.string(), '127.0.0.1'),
  /** The port to listen on. With 0, the system chooses a free one. */
  PORT: v.optional(count(0, 65_535), '3000'),
  /** Where browsers find the app. By default, where it listens. */
  PUBLIC_URL: v.optional(origin),
  LOG_LEVEL: v.optional(choice('debug', 'info', 'warn', 'error', 'silent'), 'info'),
  /** The Redis that keeps the tokens. By default, they are in memory. The message does not repeat its password. */
  REDIS_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (given) => URL.canParse(given) && /^rediss?:$/.test(new URL(given).protocol),
        'must be a URL such as redis://127.0.0.1:6379',
      ),
    ),
  ),
  /** The secrets that encrypt the cookies. The first one encrypts, and all decrypt. */
  SESSION_SECRET: v.optional(
    v.pipe(
      list,
      v.everyItem(
        (secret) => secret.length >= 32,
        'must have 32 characters or more: make one with openssl rand -base64 32',
      ),
    ),
  ),
  /** The keys that encrypt the tokens. The first one encrypts, and all decrypt. */
  TOKEN_KEY: v.optional(
    v.pipe(list, v.check(areKeys, 'must be 32 random bytes, and no passphrase: make one with openssl rand -base64 32')),
  ),
  /** How long a session lasts. */
  SESSION_MINUTES: v.optional(count(1, 1440), '480'),
  /** Whether providers without credentials are emulated. */
  EMULATOR: v.optional(choice('on', 'off')),
  /** The emulator to use. By default, one in this process. */
  EMULATOR_URL: v.optional(origin),
  /** Whether there is a tokens page. By default, the same as `EMULATOR`. */
  TOKENS_PAGE: v.optional(choice('on', 'off')),
}

/** If one of these is set, its provider is configured. */
const clientVariables = ['ORANGE_CLIENT_ID', 'DIGITALEO_CLIENT_ID', 'BOUYGUES_CLIENT_ID'] as const

/**
 * Reads and checks the environment. Without secrets or keys in it, they are `undefined`.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function readConfiguration(env: Environment) {
  const values = readVariables(variables, env)
  const isProduction = values.NODE_ENV === 'production'
  const isConfigured = clientVariables.some((name) => env[name])
  const emulator = values.EMULATOR ?? (values.EMULATOR_URL || !(isProduction || isConfigured) ? 'on' : 'off')
  if (emulator === 'off' && !isConfigured) {
    throw new TypeError(
      `No provider is configured: set ${clientVariables.join(', ')} or several of them, or EMULATOR=on to try the app without`,
    )
  }
  for (const name of ['SESSION_SECRET', 'TOKEN_KEY', 'PUBLIC_URL'] as const)
    if (isProduction && !values[name]) throw new TypeError(`${name} must be set where NODE_ENV is production`)
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    logLevel: values.LOG_LEVEL,
    redisUrl: values.REDIS_URL,
    sessionSecrets: values.SESSION_SECRET,
    tokenKeys: values.TOKEN_KEY,
    sessionMs: values.SESSION_MINUTES * 60_000,
    isEmulatorOn: emulator === 'on',
    emulatorUrl: values.EMULATOR_URL,
    hasTokensPage: (values.TOKENS_PAGE ?? emulator) === 'on',
  }
}

function areKeys(keys: string[]): boolean {
  try {
    encrypted(new Map(), keys)
    return true
  } catch {
    return false
  }
}
