import { emulatedUser } from './openid-settings.ts'

/** The options of a sign-in. */
export type SignInOptions = {
  /**
   * The `fetch` that sends the request: the emulator's own, if the emulator is not served.
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
   * Whether the user denies the request.
   *
   * @defaultValue false
   */
  readonly deny?: boolean
}

/**
 * Signs in at an authorization URL, like a user with a browser, and returns the URL to which the browser is redirected.
 *
 * It sends one request: the page's form, to the page's URL. A browser's own `fetch` hides the redirect, so pass the
 * emulator's `fetch` there.
 *
 * @throws `Error` if the response is not a redirect.
 * @example
 * ```ts
 * import { bouyguesLogin } from '@oauthkit/bouygues'
 * import { createEmulator, signIn } from '@oauthkit/emulator'
 *
 * const { fetch } = createEmulator()
 * const client = { clientId: 'emulated-client', clientSecret: 'emulated-secret', fetch }
 * const login = bouyguesLogin({ ...client, redirectUri: 'http://localhost:3000/callback' })
 *
 * const { url, transaction } = await login.start()
 * const callbackUrl = await signIn(url, { fetch })
 * const { claims } = await login.finish(callbackUrl, transaction)
 * console.log(claims.sub)
 * ```
 */
export async function signIn(url: string | URL, options: SignInOptions = {}): Promise<string> {
  const { fetch: send = fetch, user = emulatedUser.user, password = emulatedUser.password, deny = false } = options
  const body = new URLSearchParams({ user, password, action: deny ? 'deny' : 'sign-in' })
  const response = await send(url, { method: 'POST', body, redirect: 'manual' })
  const location = response.headers.get('Location')
  const text = await response.text()
  if (location !== null) return location
  const alert = /<p role="alert">([^<]*)/.exec(text)?.[1]
  throw new Error(`The sign-in failed: ${response.status} ${alert ?? ''}`.trim())
}
