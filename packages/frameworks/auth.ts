import { bouygues, bouyguesLogin, bouyguesTokens, userLogin } from '@oauthkit/bouygues'
import { tokensBy, type Token } from '@oauthkit/core'
import { emulated, emulatedUrl } from '@oauthkit/emulator'
import { createLoginHandler } from '@oauthkit/login/handler'

const { EMULATOR_URL: emulator = '', ORIGIN: origin = '', BASE: base = '' } = process.env
const client = {
  provider: emulated(bouygues, emulator),
  clientId: 'emulated-client',
  clientSecret: 'emulated-secret',
}
// Next.js loads this module for its routes, and a second time for its pages. They need the same store.
const globals = globalThis as { tokenStore?: Map<string, Token> }
const store = (globals.tokenStore ??= new Map())

/** The login handler of all servers, as an app would have it. */
export const auth = createLoginHandler({
  login: bouyguesLogin({ ...client, redirectUri: `${origin}${base}/callback` }),
  tokensOf: tokensBy((user) => bouyguesTokens({ ...client, grant: userLogin(), store, key: user })),
  secret: 'a secret of 32 characters or more',
  paths: { login: `${base}/login`, logout: `${base}/logout` },
  toUser: async ({ claims, token, login }) => ({ id: claims.sub, name: (await login.userInfo(token)).name ?? '' }),
})

type Visit = Parameters<typeof auth.userOf>[0]

/** The text of the page for a visitor: who is signed in, and what the API answers to this user. */
export async function describeVisit(request: Visit): Promise<string> {
  const user = await auth.userOf(request)
  if (!user) return 'Hello stranger'
  const api = await auth.kyOf(request)
  const url = emulatedUrl(
    'https://api.bouyguestelecom.fr/customer-management/v1/usage-consumptions/mobile-data',
    emulator,
  )
  const { includedMegabytes } = await api.get(url).json<{ includedMegabytes: number }>()
  return `Hello ${user.name}, ${includedMegabytes} MB`
}

/** The page of all servers. */
export const pageOf = async (request: Visit): Promise<string> =>
  `<!doctype html><html lang="en"><title>App</title><p>${await describeVisit(request)}</p>
  <a href="${auth.paths.login}?returnTo=/profile">Sign in</a>
  <form method="post" action="${auth.paths.logout}"><button>Sign out</button></form></html>`
