/** The longest URL that is accepted, in characters. Five sign-ins at the same time must fit into the header of a request. */
const longest = 500

/**
 * Returns the URL of the app that a text names, or `undefined` if it leads elsewhere. So a link cannot send a user from the
 * sign-in to another site. See RFC 9700 §4.11.
 *
 * The URL is absolute, because a path such as `//other.example` would be read as another host.
 *
 * @param text - a path of the app, such as `/profile?tab=1`.
 */
export function resolveReturnTo(text: string | null, origin: string): string | undefined {
  if (!text?.startsWith('/') || !URL.canParse(text, origin)) return undefined
  const url = new URL(text, origin)
  return url.origin === origin && url.href.length <= longest ? url.href : undefined
}
