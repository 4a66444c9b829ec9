import { emulatedUser } from './openid-settings.ts'

/** How to sign in. */
export type SignInOptions = {
  /**
   * What reaches the emulator: its `fetch`, if it is not served.
   *
   * @defaultValue The platform's.
   */
  readonly fetch?: typeof fetch
  /**
   * The user's name.
   *
   * @defaultValue `'emulated-user'`
   */
  readonly user?: string
  /**
   * The user's password.
   *
   * @defaultValue `'emulated-password'`
   */
  readonly password?: string
  /**
   * Whether the user says no instead.
   *
   * @defaultValue false
   */
  readonly deny?: boolean
}

/**
 * Does what a user does with a browser: signs in at an authorization URL, and returns the URL that the browser is sent to.
 *
 * It is one request: the page's form, sent to the page's URL. A browser's own `fetch` does not tell where it is sent, so there
 * it takes the emulator's.
 *
 * @throws `Error` if the user is not sent anywhere.
 */
export async function signIn(url: string | URL, options: SignInOptions = {}): Promise<string> {
  const { fetch: send = fetch, user = emulatedUser.user, password = emulatedUser.password, deny = false } = options
  const body = new URLSearchParams({ user, password, action: deny ? 'deny' : 'sign-in' })
  const response = await send(url, { method: 'POST', body, redirect: 'manual' })
  const location = response.headers.get('Location')
  const text = await response.text()
  if (location !== null) return location
  const alert = /<p role="alert">([^<]*)/.exec(text)?.[1]
  throw new Error(`The sign-in led nowhere: ${response.status} ${alert ?? ''}`.trim())
}
