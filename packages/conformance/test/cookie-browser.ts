import type { LoginHandler } from '@oauthkit/login/handler'
import { parseSetCookie } from 'cookie'

/** A browser that keeps cookies and follows no redirects. */
export type CookieBrowser = {
  /** The values of its cookies, by their names. */
  readonly jar: Map<string, string>
  /** The headers that set cookies, as they came. */
  readonly lines: string[]
  /** Sends a request to a handler. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>
  /** A request that the app gets. */
  readonly request: (path?: string) => Request
}

/** Opens a browser without cookies. */
export function openCookieBrowser({ handle, origin }: Pick<LoginHandler, 'handle' | 'origin'>): CookieBrowser {
  const jar = new Map<string, string>()
  const lines: string[] = []
  const request = (path = '/', init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    return new Request(new URL(path, origin), { ...init, headers })
  }
  return {
    jar,
    lines,
    request,
    send: async (path, init) => {
      const response = await handle(request(path, init))
      if (!response) throw new Error(`the handler does not have ${path}`)
      for (const line of response.headers.getSetCookie()) {
        lines.push(line)
        const { name, value = '', maxAge } = parseSetCookie(line)
        if (maxAge === 0) jar.delete(name)
        else jar.set(name, value)
      }
      return response
    },
  }
}
