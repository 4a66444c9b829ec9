import type { Address } from '../emulated-provider.ts'
import type { OpenIdContext } from './openid-server.ts'
import { errorPage, loginPage, unknownRedirectPage } from './pages.ts'
import { type Parameters, readParameters } from './read-parameters.ts'
import type { Session } from './sessions.ts'

/**
 * Answers a request to the authorization endpoint with the sign-in page or a redirect to the client. If the redirect
 * URI is not known to be the client's, it answers with an error page instead.
 *
 * @see RFC 6749 §4.1.1, OpenID Connect Core 1.0 §3.1.2
 */
export async function answerAuthorization(
  request: Request,
  address: Address,
  context: OpenIdContext,
): Promise<Response> {
  const { server, settings, sessions, clock } = context
  if (request.method !== 'GET' && request.method !== 'POST') return errorPage('The method must be GET or POST', 405)
  const read = await readParameters(request)
  if (typeof read === 'string') return errorPage(read)
  const { all, hidden, entered } = read
  const clientId = all.get('client_id') ?? ''
  const redirectUri = all.get('redirect_uri') ?? ''
  if (!settings.clients.has(clientId)) return errorPage('The client_id is unknown')
  const known = settings.redirectUris.get(clientId) ?? []
  if (!known.includes(redirectUri)) return unknownRedirectPage(clientId, redirectUri, known)

  const state = all.get('state')
  const sendBack = (parameters: Readonly<Record<string, string>>, cookies: readonly string[] = []): Response => {
    const honest = { ...parameters, ...(state !== null && { state }) }
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries(settings.editCallback?.(honest) ?? honest)) {
      if (value !== undefined) url.searchParams.append(name, value)
    }
    // 303 after a form, so that the browser does not send the password to the client.
    const response = new Response(null, { status: request.method === 'POST' ? 303 : 302, headers: NO_STORE })
    response.headers.set('Location', url.href)
    for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
    return response
  }
  const refuse = (error: string, description: string) => sendBack({ error, error_description: description })

  const problem = findProblem(all, server.isStateRequired)
  if (problem) return refuse(...problem)
  const scope = server.grantScope(all.get('scope') ?? '')
  if (scope === undefined) return refuse('invalid_scope', 'The scope must include openid')
  if (settings.denyLogin || entered?.isDenied) return refuse('access_denied', 'The user denied the request')

  const succeed = ({ user, signedInAt }: Session, cookies?: readonly string[]): Response => {
    const code = server.makeText('code')
    const nonce = all.get('nonce') ?? undefined
    const binding = { clientId, redirectUri, challenge: all.get('code_challenge') ?? undefined }
    context.grants.addCode(code, { clientId, user, scope, signedInAt, nonce }, binding)
    return sendBack({ code }, cookies)
  }
  const show = (wrong?: string): Promise<Response> =>
    loginPage({ title: server.title, clientId, redirectUri, hidden, problem: wrong })

  if (entered) {
    const { user, password } = entered
    if (settings.users.get(user)?.password !== password) return show('The user or the password is wrong.')
    const session = { user, signedInAt: clock.now() }
    return succeed(session, sessions.cookies(address, sessions.start(session)))
  }
  const session = sessions.find(request)
  if (session && isEnough(session, all, context)) return succeed(session)
  return all.get('prompt') === 'none' ? refuse('login_required', 'The user must sign in') : show()
}

const NO_STORE = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' }

/** Finds the error in a request whose redirect URI is registered. */
function findProblem(parameters: Parameters['all'], isStateRequired: boolean): [string, string] | undefined {
  const responseType = parameters.get('response_type')
  if (responseType === null) return ['invalid_request', 'Missing parameter response_type']
  if (responseType !== 'code') return ['unsupported_response_type', 'The response_type must be code']
  if (isStateRequired && !parameters.get('state')) return ['invalid_request', 'Missing parameter state']
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge !== null && method !== 'S256') return ['invalid_request', 'The code_challenge_method must be S256']
  if (challenge === null ? method !== null : !/^[\w-]{43}$/.test(challenge)) {
    return ['invalid_request', 'The code_challenge must be the base64url of a SHA-256']
  }
  const maxAge = parameters.get('max_age')
  if (maxAge !== null && !/^\d+$/.test(maxAge)) return ['invalid_request', 'max_age must be a number of seconds']
  const prompts = (parameters.get('prompt') ?? '').split(' ')
  return prompts.includes('none') && prompts.length > 1 ? ['invalid_request', 'prompt: none must be alone'] : undefined
}

/** Returns whether the session is enough to sign the user in without the form. */
function isEnough({ user, signedInAt }: Session, parameters: Parameters['all'], context: OpenIdContext): boolean {
  const { settings, clock } = context
  const prompt = parameters.get('prompt') ?? ''
  const maxAge = parameters.get('max_age')
  const isFresh = maxAge === null || clock.now() - signedInAt <= Number(maxAge) * 1000
  return settings.users.has(user) && isFresh && (prompt === '' || prompt === 'none')
}
