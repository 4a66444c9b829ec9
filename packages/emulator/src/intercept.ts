/** The function that put the emulator into the place of `fetch`, if one did. */
let restoring: (() => void) | undefined

/**
 * Puts an emulator into the place of the global `fetch`. Requests to loopback are sent as usual. Requests to
 * all other hosts that are not emulated are refused, so that no test reaches the network by mistake.
 *
 * @returns a function that puts the platform's `fetch` back.
 * @throws `Error` if another emulator is in its place.
 */
export function intercept(emulated: typeof fetch, hosts: readonly string[]): () => void {
  if (restoring) throw new Error('another emulator intercepts fetch: call the function that its intercept() returned')
  const original = Object.getOwnPropertyDescriptor(globalThis, 'fetch')
  const network = globalThis.fetch
  const isEmulated = (url: string) => hosts.includes(new URL(url).host)
  const value: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const isLoopback = !URL.canParse(url) || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)
    return isLoopback && !(URL.canParse(url) && isEmulated(url)) ? network(input, init) : emulated(input, init)
  }
  Object.defineProperty(globalThis, 'fetch', { value, configurable: true, writable: true })
  const restore = () => {
    if (restoring !== restore) return
    restoring = undefined
    if (original) Object.defineProperty(globalThis, 'fetch', original)
  }
  restoring = restore
  return restore
}
