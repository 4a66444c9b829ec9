/** The maximum time by which an assertion is backdated, in seconds. Some servers refuse one older than a minute. */
const maxBackdating = 30

/** Returns the claims that say when an assertion is valid, and its id. See RFC 7519 §4.1. */
export function datesOf(lifetimeMs: number) {
  const lifetime = Math.floor(lifetimeMs / 1000)
  const iat = Math.floor(Date.now() / 1000 - Math.min(lifetime / 2, maxBackdating))
  return { iat, exp: iat + lifetime, jti: crypto.randomUUID() }
}

/** @throws `TypeError` if an assertion cannot be valid for that long. */
export function checkLifetime(lifetimeMs: unknown): void {
  if (typeof lifetimeMs !== 'number' || !(lifetimeMs >= 2000 && lifetimeMs <= 3_600_000))
    throw new TypeError('lifetimeMs must be in milliseconds, from 2000 to 3,600,000')
}

/** @throws `TypeError` if a value is no text, or empty. */
export function checkText(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${what} must be a non-empty string`)
}

/** Refuses an option whose name is misspelt. Those of the signer are always allowed. */
export function checkNames(options: object, own: readonly string[]): void {
  const names = ['key', 'sign', 'algorithm', 'keyId', 'header', ...own]
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !names.includes(name))?.[0]
  if (unknown !== undefined) throw new TypeError(`${unknown} is not an option: check its spelling`)
}
