/** What the environment says about how to run. */
export type Configuration = {
  /** The address to listen on. */
  readonly host: string
  /** The port to listen on; 0 lets the system pick a free one. */
  readonly port: number
  /** The base URL of Orange's APIs, without a slash at its end; `undefined` for the real ones. */
  readonly orangeUrl: string | undefined
}

/**
 * Reads and checks the environment; a variable that is empty counts as not set.
 *
 * The credentials are not among it: `orangeAuth` reads them itself, so that nothing else has to hold the secret.
 *
 * @throws `TypeError` that names the variable, if one is wrong.
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env['PORT'] || '3000'),
    orangeUrl: env['ORANGE_URL'] ? readBaseUrl('ORANGE_URL', env['ORANGE_URL']) : undefined,
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN
  if (port <= 65_535) return port
  throw new TypeError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`)
}

function readBaseUrl(variable: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(`${variable} must be an absolute URL, such as http://127.0.0.1:4010/api.orange.com`)
  }
  // Not repeated in the message: what stands before an @ may be a password.
  if (url.username || url.password) throw new TypeError(`${variable} must not hold a user name or password`)
  if (url.search || url.hash) throw new TypeError(`${variable} must end with its path, without ? or #`)
  return url.href.replace(/\/+$/, '')
}
