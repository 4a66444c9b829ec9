// For Deno and Bun, whose servers have the requests and responses of fetch.
type Handle = (request: Request) => Promise<Response>

const { Deno, Bun } = globalThis as unknown as {
  readonly Deno?: { serve: (options: object, handle: Handle) => { readonly addr: { readonly port: number } } }
  readonly Bun?: { serve: (options: { hostname: string; port: number; fetch: Handle }) => { readonly port: number } }
}

let handle: Handle | undefined
const fetch: Handle = async (request) => handle?.(request) ?? new Response()
const options = { hostname: '127.0.0.1', port: 0 }
const port = Deno
  ? Deno.serve({ ...options, onListen: () => {} }, fetch).addr.port
  : Bun?.serve({ ...options, fetch }).port
const origin = `http://127.0.0.1:${port}`

process.env['ORIGIN'] = origin
const { auth, pageOf } = await import('../auth.ts')
handle = async (request) =>
  (await auth.handle(request)) ?? new Response(await pageOf(request), { headers: { 'content-type': 'text/html' } })
console.log(origin)
