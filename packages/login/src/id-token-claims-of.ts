/** Reads the claims of an ID token. It does not check the token. Returns none if they cannot be read. */
export function idTokenClaimsOf(idToken: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const payload = (idToken?.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    return { ...(JSON.parse(new TextDecoder().decode(bytes)) as object) }
  } catch {
    return {}
  }
}
