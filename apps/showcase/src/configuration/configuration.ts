import { encrypted } from '@oauthkit/encrypted'
import * as v from 'valibot'
import { choice, count, list, origin, readVariables, text, type Environment } from './variables.ts'

/** How to run the app, as the environment says. The providers' packages read their credentials themselves. */
export type Configuration = {
  /** The address to listen on. */
  readonly host: string
  /** The port to listen on. With 0, the system chooses a free one. */
  readonly port: number
  /** Where browsers find the app, without a slash at its end. `undefined`: where it listens. */
  readonly publicUrl: string | undefined
  /** How much to log. */
  readonly logLevel: string
  /** The Redis that keeps the tokens. `undefined`: they are in memory. */
  readonly redisUrl: string | undefined
  /** The secrets that encrypt the cookies. The first one encrypts, and all decrypt. `undefined`: a new one for this process. */
  readonly sessionSecrets: readonly string[] | undefined
  /** The keys that encrypt the tokens. The first one encrypts, and all decrypt. `undefined`: a new one for this process. */
  readonly tokenKeys: readonly string[] | undefined
  /** How long a session lasts, in milliseconds. */
  readonly sessionMs: number
  /** Whether providers without credentials are emulated. */
  readonly isEmulatorOn: boolean
  /** The emulator to use. `undefined`: one in this process. */
  readonly emulatorUrl: string | undefined
  /** Whether there is a tokens page. */
  readonly hasTokensPage: boolean
}

const variables = {
  NODE_ENV: text,
  HOST: v.optional(v.string(), '127.0.0.1'),
  PORT: v.optional(count(0, 65_535), '3000'),
  PUBLIC_URL: v.optional(origin),
  LOG_LEVEL: v.optional(choice('debug', 'info', 'warn', 'error', 'silent'), 'info'),
  // The message does not repeat it, because it can hold a password.
  REDIS_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (given) => URL.canParse(given) && /^rediss?:$/.test(new URL(given).protocol),
        'must be a URL such as redis://127.0.0.1:6379',
      ),
    ),
  ),
  SESSION_SECRET: v.optional(
    v.pipe(
      list,
      v.everyItem(
        (secret) => secret.length >= 32,
        'must have 32 characters or more: make one with openssl rand -base64 32',
      ),
    ),
  ),
  TOKEN_KEY: v.optional(
    v.pipe(list, v.check(areKeys, 'must be 32 random bytes, and no passphrase: make one with openssl rand -base64 32')),
  ),
  SESSION_MINUTES: v.optional(count(1, 1440), '480'),
  EMULATOR: v.optional(choice('on', 'off')),
  EMULATOR_URL: v.optional(origin),
  TOKENS_PAGE: v.optional(choice('on', 'off')),
}

/** If one of these is set, its provider is configured. */
const clientVariables = ['ORANGE_CLIENT_ID', 'DIGITALEO_CLIENT_ID', 'BOUYGUES_CLIENT_ID'] as const

/**
 * Reads and checks the environment.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function readConfiguration(env: Environment): Configuration {
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
