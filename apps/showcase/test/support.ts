import { createEmulator, signIn, type Emulator } from '@oauthkit/emulator'
import { serve } from '@oauthkit/emulator/server'
import { startSampleSite, type SampleSiteOptions } from '../dev/sample-site.ts'
import { createLog } from '../src/web/create-log.ts'

/** The site on a port that the system chooses, with an emulator of its own. */
export type Site = AsyncDisposable & {
  readonly url: string
  readonly emulator: Emulator
  /** The log of the app. */
  readonly log: readonly Record<string, unknown>[]
  /** The lines of the log as they are. */
  readonly logText: () => string
  /** The secrets that were sent: tokens, codes, verifiers. No page and no log can show them. */
  readonly secrets: ReadonlySet<string>
  /** Ends the emulator's server. */
  readonly stopEmulator: () => Promise<void>
  /** Requests a path, as a visitor without cookies. */
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>
  /** A visitor who keeps cookies. */
  readonly visit: () => Visitor
}

/** The response of the app. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

/** A visitor with a browser that keeps the app's cookies. */
type Visitor = {
  /** The cookies, as the browser sends them. Empty if there are none. */
  cookie: string
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>
  /** Sends a form of the site. */
  readonly post: (path: string, form?: Record<string, string>, headers?: Record<string, string>) => Promise<Answer>
  /** Goes to the provider and signs in there. Returns the path of the callback, which is the next step. */
  readonly goToProvider: () => Promise<string>
  /** Signs in. */
  readonly signIn: () => Promise<Answer>
}

/** Starts a site. */
export async function startSite(options: SampleSiteOptions = {}): Promise<Site> {
  const emulator = createEmulator()
  const server = await serve(emulator)
  const lines: string[] = []
  const secrets = new Set<string>(['emulated-secret'])
  const site = await startSampleSite({
    emulatorUrl: server.url,
    log: createLog('debug', { write: (line) => void lines.push(line) }),
    fetch: recordInto(secrets),
    // Only a test of this limit has a short one: on a busy machine, the usual one is not enough for each call.
    attemptTimeoutMs: 600_000,
    ...options,
  })
  return {
    url: site.url,
    emulator,
    get log() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    logText: () => lines.join(''),
    secrets,
    stopEmulator: server.close,
    get: (path, init) => get(site.url + path, init),
    visit: () => visit(site.url, secrets),
    [Symbol.asyncDispose]: async () => {
      await site[Symbol.asyncDispose]()
      await server.close()
    },
  }
}

/** Creates a visitor of a site. The secrets that the visitor gets are added to `secrets`. */
export function visit(origin: string, secrets = new Set<string>()): Visitor {
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = {
      ...(visitor.cookie && { Cookie: visitor.cookie }),
      Connection: 'close',
      ...(init.headers as Record<string, string>),
    }
    const answer = await get(origin + path, { redirect: 'manual', ...init, headers })
    const cookies = new Map(visitor.cookie.split('; ').map((pair) => pair.split('=', 2) as [string, string]))
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=', 2) ?? []
      if (value) cookies.set(name, value)
      else cookies.delete(name)
      // With the cookie of a session, an attacker would be signed in.
      if (value) secrets.add(value)
    }
    cookies.delete('')
    visitor.cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    return answer
  }
  const visitor: Visitor = {
    cookie: '',
    get: send,
    post: (path, form = {}, headers = { Origin: origin }) =>
      send(path, { method: 'POST', body: new URLSearchParams(form), headers }),
    goToProvider: async () => {
      const { headers } = await send('/login')
      const url = await signIn(headers.get('location') ?? '')
      const { searchParams } = new URL(url)
      for (const name of ['code', 'state']) secrets.add(searchParams.get(name) ?? name)
      return url.slice(origin.length)
    },
    signIn: async () => send(await visitor.goToProvider()),
  }
  return visitor
}

/** Sends a request and reads the response. The connection is not kept. */
export async function get(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, { headers: { Connection: 'close' }, ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A fetch that notes each secret that is sent and received. */
function recordInto(secrets: Set<string>): typeof fetch {
  const names = /^(code|code_verifier|client_secret|client_assertion|(access|refresh|id)_token|token)$/
  const note = (entries: Iterable<readonly [string, unknown]>) => {
    for (const [name, value] of entries) if (names.test(name) && typeof value === 'string') secrets.add(value)
  }
  return async (input, init) => {
    if (typeof init?.body === 'string') note(new URLSearchParams(init.body))
    const response = await fetch(input, init)
    const answer: unknown = await response
      .clone()
      .json()
      .catch(() => ({}))
    note(Object.entries(Object(answer) as object))
    return response
  }
}
