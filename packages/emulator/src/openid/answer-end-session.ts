import { html } from 'hono/html'
import { compactVerify, createLocalJWKSet, decodeJwt } from 'jose'
import type { Address } from '../emulated-provider.ts'
import { errorPage, htmlPage } from './pages.ts'
import type { OpenIdContext } from './openid-server.ts'
import { readParameters } from './read-parameters.ts'
import { publishKeys, type SigningKeys } from './signing-keys.ts'

/**
 * Ends the session of a browser, and redirects the user to the client's URL if it is registered.
 *
 * @see OpenID Connect RP-Initiated Logout 1.0 §2 and §3
 */
export async function answerEndSession(request: Request, address: Address, context: OpenIdContext): Promise<Response> {
  const { settings, sessions } = context
  if (request.method !== 'GET' && request.method !== 'POST') return errorPage('The method must be GET or POST', 405)
  const read = await readParameters(request)
  if (typeof read === 'string') return errorPage(read)
  const hint = read.all.get('id_token_hint')
  const hinted = hint === null ? undefined : await readHint(hint, settings.keys)
  if (hint !== null && !hinted) return errorPage('The id_token_hint is not an ID token of this provider')
  const clientId = read.all.get('client_id') ?? hinted?.aud
  if (hinted && hinted.aud !== clientId) return errorPage('The id_token_hint is not for this client_id')
  const session = sessions.find(request)
  if (session && hinted && settings.users.get(session.user)?.claims.sub !== hinted.sub) {
    return errorPage('The id_token_hint is about another user')
  }

  sessions.end(request)
  const uri = read.all.get('post_logout_redirect_uri') ?? ''
  const isRegistered = clientId !== undefined && settings.postLogoutRedirectUris.get(clientId)?.includes(uri)
  const response = isRegistered
    ? redirect(uri, read.all.get('state'))
    : await htmlPage({ status: 200, title: 'You are signed out', body: html`<p>You can close this page.</p>` })
  for (const cookie of sessions.cookies(address)) response.headers.append('Set-Cookie', cookie)
  return response
}

function redirect(uri: string, state: string | null): Response {
  const url = new URL(uri)
  if (state !== null) url.searchParams.append('state', state)
  return new Response(null, { status: 303, headers: { Location: url.href, 'Cache-Control': 'no-store' } })
}

/** Reads an ID token that this provider signed. It is accepted even if it has expired. */
async function readHint(hint: string, keys: SigningKeys): Promise<{ aud: string; sub: string } | undefined> {
  try {
    await compactVerify(hint, createLocalJWKSet(await publishKeys(keys)))
    const { aud, sub } = decodeJwt(hint)
    return { aud: String(aud), sub: String(sub) }
  } catch {
    return undefined
  }
}
