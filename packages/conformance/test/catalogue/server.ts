/** What the documentation of a provider says about its token requests, its answers and its calls. */
export type Documented = {
  readonly method?: 'GET'
  /** The URL of the token endpoint, without the parameters of the request. */
  readonly url: string
  /** Where the credentials are. */
  readonly credentials: 'Basic' | 'form' | 'none' | { readonly authorization: string }
  readonly contentType?: string
  /** The further parameters. */
  readonly parameters: Readonly<Record<string, string>>
  /** The headers of token requests, in addition to those of the credentials. */
  readonly headers?: Readonly<Record<string, string>>
  /** The answer, with the token `the-token`. */
  readonly answer: object
  /** A call of an API, and its headers in addition to the token. */
  readonly call: { readonly url: string; readonly headers?: Readonly<Record<string, string>> }
}

export const clientId = 'app'
export const clientSecret = 's3cret/+:é'

/** `id:secret` in base64 of UTF-8. */
const basic = `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${clientId}:${clientSecret}`)))}`

/** Returns what is wrong with a request, compared with the documentation. `undefined` if nothing is. */
async function findProblem(request: Request, documented: Documented): Promise<string | undefined> {
  const { method = 'POST', url, credentials, parameters, headers = {}, contentType = form } = documented
  const to = new URL(request.url)
  const body = await request.text()
  const sent = Object.fromEntries(
    method === 'GET'
      ? to.searchParams
      : contentType === form
        ? new URLSearchParams(body)
        : Object.entries(JSON.parse(body)),
  )
  if (method === 'GET') to.search = ''
  const secrets = credentials === 'form' ? { client_id: clientId, client_secret: clientSecret } : {}
  const wanted = typeof credentials === 'object' ? credentials.authorization : credentials === 'Basic' ? basic : null
  const same = (one: object, other: object) =>
    [one, other]
      .map((members) => JSON.stringify(Object.entries(members).map(String).toSorted()))
      .every((text, _index, [first]) => text === first)
  if (request.method !== method) return `the method is ${request.method}`
  if (to.href !== url) return `the URL is ${to.href}`
  if (method === 'POST' && request.headers.get('content-type') !== contentType) return 'the content type is another one'
  if (request.headers.get('authorization') !== wanted) return 'the Authorization header is another one'
  if (!same(sent, { ...parameters, ...secrets })) return `the parameters are ${Object.keys(sent).join(', ')}`
  const missing = Object.entries(headers).find(([name, value]) => request.headers.get(name) !== value)
  return missing && `the header ${missing[0]} is another one`
}

const form = 'application/x-www-form-urlencoded'

/** A server that answers only what the documentation allows. */
export function startServer(documented: Documented) {
  const problems: string[] = []
  let calls = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const isCall = request.url === documented.call.url
    if (!isCall) {
      const problem = await findProblem(request, documented)
      if (problem === undefined) return Response.json(documented.answer)
      problems.push(problem)
      return Response.json({ error: 'invalid_request' }, { status: 400 })
    }
    calls += 1
    const needed = { authorization: 'Bearer the-token', ...documented.call.headers }
    for (const [name, value] of Object.entries(needed))
      if (request.headers.get(name) !== value) problems.push(`the call's header ${name} is another one`)
    return Response.json({ ok: problems.length === 0 }, { status: problems.length === 0 ? 200 : 401 })
  }
  return { fetch, problems, calls: () => calls }
}
