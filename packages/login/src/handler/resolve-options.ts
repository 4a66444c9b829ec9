import { membersOf } from '@oauthkit/core/plugin'
import type { IdTokenClaims } from '../check-id-token.ts'
import type { UserInfo } from '../fetch-user-info.ts'
import type { HandlerSettings, LoginHandlerOptions, LoginPaths, SessionUser } from './options.ts'
import { resolveReturnTo } from './return-to.ts'

const names = new Set([
  'login',
  'tokensOf',
  'secret',
  'toUser',
  'paths',
  'afterLogin',
  'afterLogout',
  'startOptions',
  'endSession',
  'revoke',
  'revokeReplaced',
  'sessionMs',
  'signInMs',
  'cookieName',
  'ended',
  'ky',
  'onFailure',
  'onWarning',
] satisfies (keyof LoginHandlerOptions)[] as string[])

/**
 * Checks and completes the options of a handler.
 *
 * @throws `TypeError` if one is missing or wrong.
 */
export function resolveHandlerOptions<
  Info extends UserInfo,
  Claims extends IdTokenClaims | undefined,
  User extends SessionUser,
>(given: LoginHandlerOptions<Info, Claims, User>): HandlerSettings<Info, Claims, User> {
  const options = membersOf(given)
  const fail = (what: string): never => {
    throw new TypeError(`createLoginHandler: ${what}`)
  }
  const unknown = Object.entries(options).find(([option, value]) => value !== undefined && !names.has(option))?.[0]
  if (unknown !== undefined) fail(`${unknown} is not an option: check its spelling`)
  const { login, tokensOf, secret, toUser, ended, ky, onFailure, onWarning } = options
  if (typeof login?.redirectUri !== 'string' || typeof login.start !== 'function')
    fail('login must be made by createLogin')
  if (!login.isOpenId && toUser === undefined)
    fail('toUser is missing: without OpenID Connect, nothing says who the user is')
  if (typeof tokensOf !== 'function') fail('tokensOf must be a function that returns the token source of a user')
  for (const name of ['toUser', 'onFailure', 'onWarning', 'ky'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function') fail(`${name} must be a function`)
  if (ended !== undefined && !(typeof ended?.add === 'function' && typeof ended.has === 'function'))
    fail('ended must have the functions add and has')
  const secrets = [secret].flat().filter((one) => one !== undefined)
  if (secrets.length === 0 || !secrets.every((one) => typeof one === 'string' && one.length >= 32))
    fail('secret must be a text of 32 characters or more, or a list of them: make one with openssl rand -base64 32')

  const { origin, pathname, protocol } = new URL(login.redirectUri)
  if (!/^https?:$/.test(protocol)) fail(`redirectUri must be https:, not ${protocol}`)
  if (pathname === '/') fail('redirectUri must have a path, such as /callback')
  const own = Object.entries(membersOf(options.paths ?? {})).filter(([, path]) => path !== undefined)
  const paths: LoginPaths = { login: '/login', callback: pathname, logout: '/logout', ...Object.fromEntries(own) }
  for (const [name, path] of Object.entries(paths)) {
    if (!['login', 'callback', 'logout'].includes(name)) fail(`paths.${name} is not a route: check its spelling`)
    if (
      typeof path !== 'string' ||
      !path.startsWith('/') ||
      new URL(path, origin).href !== origin + path ||
      /[?#]/.test(path)
    )
      fail(`paths.${name} must be a path, such as /${name}, as it is in the URL`)
  }
  if (new Set(Object.values(paths)).size < 3) fail('paths must be different from each other')

  const pathOf = (name: 'afterLogin' | 'afterLogout'): string =>
    resolveReturnTo(options[name] ?? '/', origin) ?? fail(`${name} must be a path of your app, such as /`)
  const durationOf = (name: 'sessionMs' | 'signInMs', usual: number, most: number): number => {
    const ms = options[name] ?? usual
    return typeof ms === 'number' && ms >= 1000 && ms <= most
      ? ms
      : fail(`${name} must be a number of milliseconds from 1,000 to ${most.toLocaleString('en')}`)
  }
  const {
    cookieName = 'session',
    startOptions = {},
    endSession = true,
    revoke = true,
    revokeReplaced = false,
  } = options
  for (const [name, value] of Object.entries({ endSession, revoke, revokeReplaced }))
    if (typeof value !== 'boolean') fail(`${name} must be true or false`)
  if (typeof startOptions !== 'function' && (typeof startOptions !== 'object' || startOptions === null))
    fail('startOptions must be an object, or a function that returns one')
  // These are the characters of RFC 6265 §4.1.1 that need no care.
  if (typeof cookieName !== 'string' || !/^[\w.-]+$/.test(cookieName))
    fail('cookieName must be letters, digits, dots, hyphens and underscores')
  return {
    login,
    tokensOf,
    toUser,
    ended,
    ky,
    onFailure,
    secrets,
    paths,
    origin,
    startOptions: typeof startOptions === 'function' ? startOptions : () => startOptions,
    endSession,
    revoke,
    revokeReplaced,
    cookieName,
    isSecure: protocol === 'https:',
    loginPath: (pathname.endsWith(paths.callback) ? pathname.slice(0, -paths.callback.length) : '') + paths.login,
    afterLogin: pathOf('afterLogin'),
    afterLogout: pathOf('afterLogout'),
    sessionMs: durationOf('sessionMs', 28_800_000, 31_536_000_000),
    signInMs: durationOf('signInMs', 600_000, 3_600_000),
    warn: warnBy(onWarning ?? logWarning),
  }
}

/** A warning must not change what the user sees, so the errors of the function are ignored. */
const warnBy =
  (onWarning: (error: unknown, what: string) => unknown) =>
  (error: unknown, what: string): void =>
    void warnQuietly(onWarning, error, what)

async function warnQuietly(onWarning: (error: unknown, what: string) => unknown, error: unknown, what: string) {
  try {
    await onWarning(error, what)
  } catch {
    // The log is the app's.
  }
}

const logWarning = (error: unknown, what: string): void =>
  console.warn(`${what} failed: ${error instanceof Error ? error.message : 'unknown error'}`)
