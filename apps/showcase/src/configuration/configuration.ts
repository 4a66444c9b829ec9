import { encrypted } from '@oauthkit/encrypted'
import { choice, count, publicAddress, text } from './values.ts'

/** What the environment says about how to run; the providers' credentials are read by their packages. */
export type Configuration = {
  /** The address to listen on. */
  readonly host: string
  /** The port to listen on; 0 lets the system pick a free one. */
  readonly port: number
  /** Where browsers find the app, without a slash at its end; `undefined`: where it listens. */
  readonly publicUrl: string | undefined
  /** How much to log. */
  readonly logLevel: string
  /** Where sessions and tokens are kept; `undefined`: in memory. */
  readonly redisUrl: string | undefined
  /** What signs and encrypts cookies; the first of several does so, and all are taken. `undefined`: one for this process. */
  readonly sessionSecrets: readonly string[] | undefined
  /** What encrypts the tokens; the first of several encrypts, and all decrypt. `undefined`: one for this process. */
  readonly tokenKeys: readonly string[] | undefined
  /** How long a session lasts after its last request, in milliseconds. */
  readonly sessionMs: number
  /** Whether providers without credentials are emulated. */
  readonly isEmulatorOn: boolean
  /** The emulator to use; `undefined`: one in this process. */
  readonly emulatorUrl: string | undefined
  /** Whether the page that shows the tokens' lives is there. */
  readonly hasTokensPage: boolean
}

/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads and checks the environment; a variable that is empty counts as not set.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function readConfiguration(env: Environment): Configuration {
  const isProduction = env['NODE_ENV'] === 'production'
  const isConfigured = clientVariables.some((name) => env[name])
  const emulatorUrl = env['EMULATOR_URL'] ? publicAddress(env, 'EMULATOR_URL') : undefined
  const emulator =
    choice(env, 'EMULATOR', ['on', 'off']) ?? (emulatorUrl || !(isProduction || isConfigured) ? 'on' : 'off')
  if (emulator === 'off' && !isConfigured) {
    throw new TypeError(
      `No provider is configured: set ${clientVariables.join(', ')} or several of them, or EMULATOR=on to try the app without`,
    )
  }
  const sessionSecrets = list(env, 'SESSION_SECRET')
  if (sessionSecrets?.some((secret) => secret.length < 32)) {
    throw new TypeError('SESSION_SECRET must have 32 characters or more: make one with openssl rand -base64 32')
  }
  const tokenKeys = keysOf(env)
  if (isProduction) {
    const missing = Object.entries({
      SESSION_SECRET: sessionSecrets,
      TOKEN_KEY: tokenKeys,
      PUBLIC_URL: env['PUBLIC_URL'],
    })
    for (const [name, value] of missing)
      if (!value) throw new TypeError(`${name} must be set where NODE_ENV is production`)
  }
  return {
    host: text(env, 'HOST') ?? '127.0.0.1',
    port: count(env, 'PORT', 0, 65_535) ?? 3000,
    publicUrl: env['PUBLIC_URL'] ? publicAddress(env, 'PUBLIC_URL') : undefined,
    logLevel: choice(env, 'LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent']) ?? 'info',
    redisUrl: redisAddress(env),
    sessionSecrets,
    tokenKeys,
    sessionMs: (count(env, 'SESSION_MINUTES', 1, 1440) ?? 30) * 60_000,
    isEmulatorOn: emulator === 'on',
    emulatorUrl,
    hasTokensPage: (choice(env, 'TOKENS_PAGE', ['on', 'off']) ?? emulator) === 'on',
  }
}

/** Each says that its provider is configured. */
const clientVariables = ['ORANGE_CLIENT_ID', 'DIGITALEO_CLIENT_ID', 'BOUYGUES_CLIENT_ID'] as const

const list = (env: Environment, name: string): readonly string[] | undefined =>
  text(env, name)
    ?.split(',')
    .map((part) => part.trim())

function keysOf(env: Environment): readonly string[] | undefined {
  const keys = list(env, 'TOKEN_KEY')
  try {
    if (keys) encrypted(new Map(), keys)
  } catch {
    throw new TypeError('TOKEN_KEY must be 32 random bytes, and no passphrase: make one with openssl rand -base64 32')
  }
  return keys
}

function redisAddress(env: Environment): string | undefined {
  const url = text(env, 'REDIS_URL')
  // Not repeated in the message: it may hold a password.
  if (url && !(URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol)))
    throw new TypeError('REDIS_URL must be a URL such as redis://127.0.0.1:6379')
  return url
}
