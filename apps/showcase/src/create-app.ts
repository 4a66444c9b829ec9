import { fileURLToPath } from 'node:url'
import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { Login } from '@oauthkit/login'
import { expressLogin } from '@oauthkit/login/express'
import type { WithHeaders } from '@oauthkit/login/handler'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { campaignsHandler } from './campaigns/campaigns-handler.ts'
import { contractsHandler } from './contracts/contracts-handler.ts'
import type { Services } from './create-services.ts'
import { featuresOf } from './home/features.ts'
import { homePage } from './home/home-page.ts'
import { createLoginRoutes } from './login/create-login-routes.ts'
import { currentUser, findUser } from './login/current-user.ts'
import { signedOut } from './login/signed-out.ts'
import type { UserTokens } from './login/user-tokens.ts'
import type { Frame } from './pages/page.ts'
import { sendPage, setFrame } from './pages/send-page.ts'
import { profileHandler } from './profile/profile-handler.ts'
import type { Usage } from './profile/read-usage.ts'
import type { Clients } from './providers/clients.ts'
import { shopsHandler } from './shops/shops-handler.ts'
import type { Stores } from './stores/stores.ts'
import { tokensRouter, type TokensRouterOptions } from './tokens/tokens-router.ts'
import { errorHandler, notFound } from './web/error-handler.ts'
import { health } from './web/health.ts'
import { noStore } from './web/no-store.ts'
import { requestLog } from './web/request-log.ts'
import { sameOrigin } from './web/same-origin.ts'
import { securityHeaders } from './web/security-headers.ts'

/** What the app needs from outside. */
export type Dependencies = Omit<TokensRouterOptions, 'userOf'> & {
  readonly services: Services
  /** The sign-in. Without it, users cannot sign in. */
  readonly signIn?: SignIn | undefined
  readonly clients: Clients
  readonly stores: Stores
  readonly log: Logger
  readonly publicUrl: string
  readonly sessionSecrets: readonly string[]
  readonly sessionMs: number
  readonly hasTokensPage: boolean
}

/** The sign-in, and what the app does for users. */
type SignIn = {
  readonly login: Login<BouyguesUserInfo>
  readonly tokensOf: (user: string) => UserTokens
  readonly usageOf: (user: string) => Promise<Usage>
}

/** Creates the Express app. Its middleware runs in the order of these lines. */
export function createApp(dependencies: Dependencies): Express {
  const { services, signIn, clients, stores, publicUrl, closing } = dependencies
  const isSecure = publicUrl.startsWith('https:')
  const frameOf = createFrame(dependencies)
  const routes = signIn && createLoginRoutes({ ...dependencies, ...signIn, ended: stores.ended, frameOf })
  const userOf = async (request: WithHeaders) => routes?.userOf(request)
  const app = express()
  // With TLS, browsers reach the app through a proxy, which adds the address of the browser.
  if (isSecure) app.set('trust proxy', 1)

  app.use(securityHeaders(isSecure), requestLog(dependencies.log))
  app.use(express.static(fileURLToPath(new URL('../public', import.meta.url)), { index: false, maxAge: '5m' }))
  app.use('/health', noStore, health({ closing, store: stores.name, check: stores.check }))

  app.use(noStore)
  if (routes) app.use(expressLogin(routes))
  app.use(findUser(userOf), addFrame(frameOf), sameOrigin(publicUrl))

  const home = homePage({ ...dependencies, features: featuresOf(clients), store: stores.name })
  app.get('/', (_request, response) => sendPage(response, home))
  if (services.findShops) app.get('/shops', shopsHandler(services.findShops))
  if (services.listCampaigns) app.get('/campaigns', campaignsHandler(services.listCampaigns))
  if (services.listContracts) app.get('/contracts', contractsHandler(services.listContracts))
  if (signIn) {
    const { usageOf, login } = signIn
    app.get('/profile', profileHandler({ usageOf, endSessionUrl: () => login.endSessionUrl(), isSecure }))
    app.use(signedOut())
  }
  if (dependencies.hasTokensPage) app.use('/tokens', tokensRouter({ ...dependencies, userOf }))

  app.use(notFound, errorHandler)
  return app
}

/** Creates the function that makes what each page shows around its content. */
function createFrame({ clients, signIn, hasTokensPage }: Dependencies) {
  const links = [
    ...featuresOf(clients).filter(({ mode, path }) => mode && path !== '/profile'),
    ...(hasTokensPage ? [{ path: '/tokens', title: 'Tokens' }] : []),
  ].map(({ path, title }) => ({ path, text: title }))
  const isEmulated = Object.values(clients).some(({ mode }) => mode === 'emulated')
  const canSignIn = signIn !== undefined
  return (path: string, userName: string | undefined): Frame => ({ path, links, userName, canSignIn, isEmulated })
}

const addFrame =
  (frameOf: ReturnType<typeof createFrame>): RequestHandler =>
  ({ path }, response, next) => {
    setFrame(response, frameOf(path, currentUser(response)?.name))
    next()
  }
