import { readForm } from '../http.ts'

/** The values of a request to an endpoint for browsers. */
export type Parameters = {
  /** The parameters of the protocol, from the query and the form. */
  readonly all: URLSearchParams
  /** The parameters that are not in the URL. */
  readonly hidden: URLSearchParams
  /** The user's input, if the request is the sign-in form. */
  readonly entered: { readonly user: string; readonly password: string; readonly isDenied: boolean } | undefined
}

const ENTERED = ['user', 'password', 'action']

/** Reads a request of a browser, or returns a text that says what is wrong with it. */
export async function readParameters(request: Request): Promise<Parameters | string> {
  const all = new URL(request.url).searchParams
  const hidden = new URLSearchParams()
  let entered: Parameters['entered']
  if (request.method === 'POST') {
    const form = await readForm(request)
    if (typeof form === 'string') return form
    for (const [name, value] of form) if (!ENTERED.includes(name)) hidden.append(name, value)
    for (const [name, value] of hidden) all.append(name, value)
    if (ENTERED.some((name) => form.has(name))) {
      entered = {
        user: form.get('user') ?? '',
        password: form.get('password') ?? '',
        isDenied: form.get('action') === 'deny',
      }
    }
  }
  const repeated = [...all.keys()].find((name) => all.getAll(name).length > 1)
  return repeated === undefined ? { all, hidden, entered } : `Repeated parameter ${repeated}`
}
