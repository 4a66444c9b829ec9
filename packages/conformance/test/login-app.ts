import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Token } from '@oauthkit/core'
import { isOAuthError, type Login, type LoginTransaction } from '@oauthkit/login'
import { onTestFinished } from 'vitest'

type Page = (path: string) => Promise<{ location: string } | { text: string }>

/** Where the app sends its users, for the provider to register. */
export const pathsOf = (app: string) => ({ redirectUri: `${app}/callback`, signedOut: `${app}/signed-out` })

/**
 * Starts an app of one user, which ends with the test: `/login`, `/callback`, `/logout` and `/signed-out`.
 *
 * @param loginFor - makes the app's login, as soon as it is known where the app is.
 * @returns where it is.
 */
export async function startLoginApp(loginFor: (app: string) => Login | Promise<Login>): Promise<string> {
  let session: { transaction?: LoginTransaction | undefined; token?: Token | undefined } = {}
  const pages: Record<string, Page> = {
    '/login': async () => {
      const { url, transaction } = await login.start()
      session = { transaction }
      return { location: url }
    },
    '/callback': async (path) => {
      const { transaction } = session
      session = {}
      try {
        const { claims, token } = await login.finish(path, transaction)
        session = { token }
        const { name } = await login.userInfo(token)
        return { text: `Hello ${claims.sub}, or ${String(name)}` }
      } catch (error) {
        if (!isOAuthError(error)) throw error
        return { text: `${error.code} ${error.error}` }
      }
    },
    '/logout': async () => {
      const { token } = session
      session = {}
      return {
        location: await login.endSessionUrl({ token, postLogoutRedirectUri: pathsOf(app).signedOut, state: 'bye' }),
      }
    },
    '/signed-out': async (path) => ({ text: path }),
  }
  const app = await listen(async ({ url: path = '' }, response) => {
    const answer = await pages[new URL(path, app).pathname]?.(path)
    if (answer && 'location' in answer) response.writeHead(302, answer).end()
    else response.writeHead(answer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8' }).end(answer?.text)
  })
  const login = await loginFor(app)
  return app
}

/** Starts a server that ends with the test, and says where it is. */
async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
