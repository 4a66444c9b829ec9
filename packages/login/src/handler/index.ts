/**
 * The routes for signing users in and out, as a function of `Request` and `Response`: for Deno, Bun, Workers, Hono, Next.js,
 * and for Express with `@oauthkit/login/express`.
 *
 * @packageDocumentation
 */
export { createLoginHandler } from './create-login-handler.ts'
export type { EndedIds } from './ended-ids.ts'
export type { LoginFailure } from './failure.ts'
export type { LoginHandler } from './login-handler.ts'
export type { FinishedLogin, LoginHandlerOptions, LoginPaths, SessionUser } from './options.ts'
export type { WithHeaders } from './cookies.ts'
