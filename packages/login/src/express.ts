/**
 * The login handler for Express, and for other frameworks that are built on the requests of Node.js.
 *
 * @packageDocumentation
 */
import type { LoginHandler, SessionUser } from './handler/index.ts'

/** What the adapter needs of a request of Node.js or Express. */
export type NodeRequest = {
  /** The HTTP method. */
  readonly method?: string | undefined
  /** The path and the query. */
  readonly url?: string | undefined
  /** The URL before Express removed the path of a router. */
  readonly originalUrl?: string | undefined
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What the adapter needs of a response of Node.js or Express. */
export type NodeResponse = {
  /** The HTTP status, to be set before the end. */
  statusCode: number
  /** Sets a header, in place of one with the same name. */
  setHeader(name: string, value: string): unknown
  /** Adds a header to those that are set. */
  appendHeader(name: string, value: string): unknown
  /** Sends the body, and ends the response. */
  end(text?: string): unknown
}

/**
 * Makes a middleware of Express from a login handler. It answers the requests to the handler's routes, and passes on all
 * others. Errors are passed to `next`.
 *
 * @example
 * ```ts
 * import { createLogin, userLogin } from '@oauthkit/login'
 * import { expressLogin } from '@oauthkit/login/express'
 * import { createLoginHandler } from '@oauthkit/login/handler'
 * import { orangeFrance, orangeTokens } from '@oauthkit/orange'
 * import express from 'express'
 *
 * const login = createLogin({ provider: orangeFrance, clientId: 'app', clientSecret: 'secret', redirectUri: 'https://app.example/callback' })
 * const store = new Map()
 * const tokensOf = (user: string) => orangeTokens({ provider: orangeFrance, grant: userLogin(), store, key: user })
 * const auth = createLoginHandler({ login, tokensOf, secret: process.env['SESSION_SECRET'] })
 *
 * export const app = express().use(expressLogin(auth))
 * app.get('/', async (request, response) => {
 *   const user = await auth.userOf(request)
 *   response.send(user ? `Hello ${user.id}` : '<a href="/login">Sign in</a>')
 * })
 * ```
 */
export function expressLogin<User extends SessionUser>({
  handle,
  origin,
  paths,
}: Pick<LoginHandler<User>, 'handle' | 'origin' | 'paths'>): (
  request: NodeRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void> {
  const routes = new Set(Object.values(paths))
  return async (request, response, next) => {
    try {
      const { method = 'GET', url = '/', originalUrl = url } = request
      const [path = ''] = originalUrl.split('?', 1)
      if (!routes.has(path)) return next()
      const headers = new Headers()
      for (const [name, value] of Object.entries(request.headers))
        // HTTP/2 has headers such as `:path`.
        if (!name.startsWith(':')) for (const one of [value ?? []].flat()) headers.append(name, one)
      // The body is not passed on: no route reads it.
      const answer = await handle(new Request(origin + originalUrl, { method, headers }))
      if (!answer) return next()
      response.statusCode = answer.status
      // The app can have set cookies before.
      for (const [name, value] of answer.headers)
        if (name === 'set-cookie') response.appendHeader(name, value)
        else response.setHeader(name, value)
      response.end(await answer.text())
    } catch (error) {
      next(error)
    }
  }
}
