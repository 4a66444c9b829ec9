import { failLate, oauthError } from '../errors.ts'
import { loadAfterFailure } from '../load-later.ts'
import { discard, readText } from '../read-text.ts'
import { withTimeout } from '../wait.ts'
import type { Members } from './call-endpoint.ts'
import { isText, objectFrom } from './read-answer.ts'

/** How metadata is fetched. */
export type MetadataRequest = {
  readonly fetch?: typeof fetch | undefined
  readonly timeoutMs?: number | undefined
}

/**
 * Fetches the metadata of an issuer: where OpenID Connect has it, else where RFC 8414 has it.
 *
 * @param url - the issuer as a URL.
 * @param provider - the issuer as the metadata must spell it, and the name for errors.
 * @throws {@link OAuthError} `TOKEN_UNAVAILABLE` if the server does not answer, `TOKEN_MALFORMED` if its metadata is
 * missing, names another issuer, or has no token endpoint.
 */
export async function fetchMetadata(
  { origin, pathname }: URL,
  { name, issuer }: { readonly name: string; readonly issuer: string },
  { fetch = globalThis.fetch, timeoutMs = 9000 }: MetadataRequest,
): Promise<Members> {
  const path = pathname.replace(/\/$/, '')
  const urls = [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
  const deadline = new AbortController()
  const malformed = (what: string) => oauthError(name, 'TOKEN_MALFORMED', `its metadata ${what}: check the issuer`)
  const work = async (): Promise<Members> => {
    let problem = 'is neither at /.well-known/openid-configuration nor at /.well-known/oauth-authorization-server'
    for (const url of urls) {
      const response = await send(fetch, url, name, deadline.signal)
      const { status } = response
      if (status === 408 || status === 429 || status >= 500) throw failed(name, response)
      if (status !== 200) {
        discard(response.body)
        continue
      }
      const { text, cut } = await readText(response, 1_048_576)
      const metadata = cut ? undefined : await objectFrom(() => JSON.parse(text))
      // Some servers answer every URL that they do not know with a page.
      if (!metadata) {
        problem = 'is no JSON object'
        continue
      }
      if (metadata['issuer'] !== issuer)
        throw malformed(`is that of another issuer${slashHint(metadata['issuer'], issuer)}`)
      if (!isText(metadata['token_endpoint'])) throw malformed('has no token_endpoint')
      return metadata
    }
    throw malformed(problem)
  }
  return withTimeout(work(), timeoutMs, () => {
    deadline.abort()
    return failLate(name, timeoutMs, 'answer')
  })
}

/** Names the usual mistake: issuers are compared exactly, and some end with a slash. */
const slashHint = (one: unknown, other: string) =>
  one === `${other}/` || `${String(one)}/` === other ? ', which differs in the slash at its end' : ''

async function send(fetch: typeof globalThis.fetch, url: string, name: string, signal: AbortSignal): Promise<Response> {
  try {
    // Metadata decides where secrets are sent, so a redirect is not followed.
    // Next.js 14 would keep the answer on disk for a year. `next` exempts this request.
    const init = {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
      next: { internal: true },
    } as const
    return await fetch(url, init)
  } catch (error) {
    const part = await loadAfterFailure()
    const advice = part?.connectionAdvice(error) ?? 'try again later'
    throw oauthError(name, 'TOKEN_UNAVAILABLE', `its metadata could not be fetched: ${advice}`)
  }
}

function failed(name: string, { status, body }: Response): Error {
  discard(body)
  return oauthError(name, 'TOKEN_UNAVAILABLE', `its metadata answered ${status}: try again later`, { status })
}
