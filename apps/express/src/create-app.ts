import { fileURLToPath } from 'node:url'
import type { BouyguesUserInfo } from '@oauthkit/bouygues'
import type { Login } from '@oauthkit/login'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { campaignsHandler } from './campaigns/campaigns-handler.ts'
import { contractsHandler } from './contracts/contracts-handler.ts'
import type { Services } from './create-services.ts'
import { featuresOf } from './home/features.ts'
import { homePage } from './home/home-page.ts'
import { loginRouter } from './login/login-router.ts'
import { sessions } from './login/session.ts'
import type { UserTokens } from './login/user-tokens.ts'
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
export type Dependencies = TokensRouterOptions & {
  readonly services: Services
  /** What signs users in; absent: nobody can sign in. */
  readonly signIn?: SignIn | undefined
  readonly clients: Clients
  readonly stores: Stores
  readonly log: Logger
  readonly publicUrl: string
  readonly sessionSecrets: readonly string[]
  readonly sessionMs: number
  readonly hasTokensPage: boolean
}

/** What signs users in, and acts for them. */
type SignIn = {
  readonly login: Login<BouyguesUserInfo>
  readonly tokensOf: (user: string) => UserTokens
  readonly usageOf: (user: string) => Promise<Usage>
}

/** Makes the Express app out of what it needs; what comes first here is asked first. */
export function createApp(dependencies: Dependencies): Express {
  const { services, signIn, clients, stores, log, publicUrl, sessionSecrets, sessionMs, closing } = dependencies
  const isSecure = publicUrl.startsWith('https:')
  const app = express()
  // Where browsers come by TLS, they come through a proxy, which says so.
  if (isSecure) app.set('trust proxy', 1)

  app.use(securityHeaders(isSecure), requestLog(log))
  app.use(express.static(fileURLToPath(new URL('../public', import.meta.url)), { index: false, maxAge: '5m' }))
  app.use('/health', noStore, health({ closing, store: stores.name, check: stores.check }))

  app.use(noStore, sessions({ store: stores.sessions, secrets: sessionSecrets, maxAgeMs: sessionMs, isSecure }))
  app.use(frame(dependencies), sameOrigin(publicUrl))

  const home = homePage({ ...dependencies, features: featuresOf(clients), store: stores.name })
  app.get('/', (_request, response) => sendPage(response, home))
  if (services.findShops) app.get('/shops', shopsHandler(services.findShops))
  if (services.listCampaigns) app.get('/campaigns', campaignsHandler(services.listCampaigns))
  if (services.listContracts) app.get('/contracts', contractsHandler(services.listContracts))
  if (signIn) {
    app.use(loginRouter({ ...signIn, publicUrl, sessionSecrets, used: stores.usedSignIns }))
    app.get('/profile', profileHandler(signIn.usageOf))
  }
  if (dependencies.hasTokensPage) app.use('/tokens', tokensRouter(dependencies))

  app.use(notFound, errorHandler)
  return app
}

/** Makes what each page shows around its content. */
function frame({ clients, signIn, hasTokensPage }: Dependencies): RequestHandler {
  const links = [
    ...featuresOf(clients).filter(({ mode, path }) => mode && path !== '/profile'),
    ...(hasTokensPage ? [{ path: '/tokens', title: 'Tokens' }] : []),
  ].map(({ path, title }) => ({ path, text: title }))
  const isEmulated = Object.values(clients).some(({ mode }) => mode === 'emulated')
  const canSignIn = signIn !== undefined
  return ({ path, session }, response, next) => {
    setFrame(response, { path, links, userName: session.user?.name, canSignIn, isEmulated })
    next()
  }
}
