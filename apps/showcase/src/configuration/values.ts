import type { Environment } from './configuration.ts'

/** Reads a text; `undefined` if it is empty or not set. */
export const text = (env: Environment, name: string): string | undefined => env[name] || undefined

/** Reads a whole number. @throws `TypeError` that names the variable. */
export function count(env: Environment, name: string, from: number, to: number): number | undefined {
  const given = text(env, name)
  if (given === undefined) return undefined
  const number = /^\d+$/.test(given) ? Number(given) : NaN
  if (number >= from && number <= to) return number
  throw new TypeError(`${name} must be a number from ${from} to ${to}, not ${JSON.stringify(given)}`)
}

/** Reads one of several words. @throws `TypeError` that names the variable. */
export function choice<Word extends string>(env: Environment, name: string, words: readonly Word[]): Word | undefined {
  const given = text(env, name)
  const word = words.find((one) => one === given)
  if (given === undefined || word) return word
  throw new TypeError(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(given)}`)
}

/** Reads where something can be reached by HTTP, without a slash at its end. @throws `TypeError` that names the variable. */
export function publicAddress(env: Environment, name: string): string {
  const given = env[name] ?? ''
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(`${name} must be an absolute URL, such as https://app.example`)
  }
  // Not repeated in the message: what stands before an @ may be a password.
  if (url.username || url.password) throw new TypeError(`${name} must not hold a user name or password`)
  if (url.href !== `${url.origin}/`) throw new TypeError(`${name} must be an origin only, without a path, ? or #`)
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !isLoopback)
    throw new TypeError(`${name} must be https:, since http: is for loopback only`)
  return url.origin
}
