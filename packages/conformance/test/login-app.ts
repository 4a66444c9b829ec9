import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Token } from '@oauthkit/core'
import { isOAuthError, type Login, type LoginTransaction } from '@oauthkit/login'
import { onTestFinished } from 'vitest'

type Page = (path: string) => Promise<{ location: string } | { text: string }>

/** Returns the app's URLs that the provider must register. */
export const pathsOf = (app: string) => ({ redirectUri: `${app}/callback`, signedOut: `${app}/signed-out` })

/**
 * Starts an app for one user: `/login`, `/callback`, `/logout` and `/signed-out`. It stops at the end of the test.
 *
 * @param loginFor - makes the app's login, as soon as the app's URL is known.
 * @returns the app's URL.
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

/** Starts a server that stops at the end of the test. Returns its URL. */
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
