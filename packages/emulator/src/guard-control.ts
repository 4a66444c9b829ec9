import type { HonoRequest, MiddlewareHandler } from 'hono'
import { mediaTypes } from './http.ts'

/** What the server that serves the app tells it, as hono's bindings. */
export type ServerBindings = {
  /** The host name or address that the server was told to listen as. */
  readonly hostname?: string
}

/**
 * Admits only requests from programs on this machine, or at the host name of the server, and from the emulator's own
 * pages. A page of another site, which a developer visits, could otherwise control the emulator.
 *
 * - `Host` must be a loopback name or address, or the one that the server was told to listen as. A page can make its own
 *   name resolve to this machine (DNS rebinding), but it cannot have one of these names.
 * - `Origin` must be absent or the emulator's own. Browsers send it with each request that a page makes to another site,
 *   except one that only reads and whose response the page cannot see.
 * - A body must be `application/json`. A browser asks before it sends that type to another site, and is refused.
 *
 * @see {@link https://fetch.spec.whatwg.org/#cors-safelisted-request-header Fetch Standard, CORS-safelisted headers}
 */
export const guardControl: MiddlewareHandler<{ Bindings: ServerBindings }> = async (context, next) => {
  const refusal = await refusalOf(context.req, context.env?.hostname)
  return refusal ? context.json({ error: refusal.error }, refusal.status) : next()
}

type Refusal = { readonly status: 403 | 415; readonly error: string }

async function refusalOf(request: HonoRequest, listening: string | undefined): Promise<Refusal | undefined> {
  const url = new URL(request.url)
  const hosts = [hostnameOf(request.header('Host') ?? url.host), url.hostname]
  if (!hosts.every((host) => isOwn(host, listening))) {
    const error = 'The Host must be a loopback name or address, or the hostname that the server was told to listen as'
    return { status: 403, error }
  }
  const origin = request.header('Origin')
  if (origin !== undefined && origin !== url.origin)
    return { status: 403, error: 'Pages of other origins must not control the emulator' }
  const type = request.header('Content-Type')
  const isJson = type === undefined ? (await request.text()) === '' : mediaTypes(type).join() === 'application/json'
  return isJson ? undefined : { status: 415, error: 'The Content-Type of the body must be application/json' }
}

/** Returns the host without its port, spelled as in a URL. Empty if it is not one. */
const hostnameOf = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '')

const isOwn = (name: string, listening = 'localhost'): boolean => {
  const own = hostnameOf(listening.includes(':') ? `[${listening}]` : listening)
  return name === own || loopback.test(name) || (everywhere.has(own) && address.test(name))
}

const loopback = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** The server listens at all addresses of the machine. */
const everywhere = new Set(['0.0.0.0', '[::]'])

/** An address, which no page can have as its name. */
const address = /^(?:\d+\.\d+\.\d+\.\d+|\[.+\])$/
