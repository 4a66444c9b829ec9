/** What the user does with the forms of a sign-in. */
export type Visit = {
  /** The user who signs in. @defaultValue The user that the form already names, otherwise `ada`. */
  readonly user?: string | undefined
  /** Whether the user says no. */
  readonly deny?: boolean | undefined
}

/** A browser without a window: it keeps cookies, follows redirects, and fills in forms. */
export type Browser = (url: string, visit?: Visit) => Promise<string>

/**
 * Opens a browser with no cookies in it.
 *
 * It visits a URL, follows each redirect and submits each form, until it is sent to another origin: the app's. It
 * returns that URL without calling it.
 */
export function openBrowser(): Browser {
  const jar = createJar()
  return async (start, visit = {}) => {
    const { origin } = new URL(start)
    let request = new Request(start)
    // More requests than any sign-in needs.
    for (let hops = 0; hops < 20; hops += 1) {
      const { url } = request
      if (new URL(url).origin !== origin) return url
      request.headers.set('cookie', jar.cookiesFor(url))
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      const response = await fetch(request, { redirect: 'manual' })
      jar.take(url, response.headers.getSetCookie())
      // oxlint-disable-next-line no-await-in-loop -- see above
      const page = await response.text()
      const location = response.headers.get('location')
      const form = /<form\b[^>]*>/.exec(page)?.[0]
      if (location) request = new Request(new URL(location, url))
      else if (form) request = submit(new URL(attribute(form, 'action') ?? '', url), page, visit)
      else throw new Error(`${url} answered ${response.status}: ${page}`)
    }
    throw new Error(`${start} leads to no other origin`)
  }
}

function submit(action: URL, page: string, { user, deny = false }: Visit): Request {
  const body = new URLSearchParams()
  for (const [input] of page.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, 'name') ?? ''
    const value = attribute(input, 'value') ?? ''
    body.set(name, name === 'user' ? (user ?? (value || 'ada')) : value)
  }
  const buttons = Array.from(page.matchAll(/<button\b[^>]*>/g), ([button]) => button)
  const button = buttons[deny ? 1 : 0] ?? ''
  const name = attribute(button, 'name')
  if (name) body.set(name, attribute(button, 'value') ?? '')
  return new Request(action, { method: 'POST', body })
}

const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]

type Cookie = { readonly name: string; readonly value: string; readonly path: string }

function createJar() {
  const cookies = new Map<string, Cookie>()
  return {
    cookiesFor: (url: string) =>
      [...cookies.values()]
        .filter(({ path }) => new URL(url).pathname.startsWith(path))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    take: (url: string, lines: readonly string[]) => {
      for (const line of lines) {
        const [pair = '', ...attributes] = line.split(/; */)
        const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? []
        const members = new Map(attributes.map((text) => [text.split('=')[0]?.toLowerCase(), text.split('=')[1]]))
        const path = members.get('path') ?? new URL(url).pathname
        const expires = Date.parse(members.get('expires') ?? '')
        if (expires < Date.now()) cookies.delete(`${name} ${path}`)
        else cookies.set(`${name} ${path}`, { name, value, path })
      }
    },
  }
}
