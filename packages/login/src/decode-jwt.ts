/** Reads the claims of an ID token. It does not check the token. Returns none if they cannot be read. */
export const idTokenClaimsOf = (idToken: string | undefined): Readonly<Record<string, unknown>> => decode(idToken, 1)

/** Reads the header of an ID token. Returns an empty one if it cannot be read. */
export const idTokenHeaderOf = (idToken: string | undefined): Readonly<Record<string, unknown>> => decode(idToken, 0)

function decode(jwt: string | undefined, part: 0 | 1): Readonly<Record<string, unknown>> {
  try {
    const text = (jwt?.split('.')[part] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return { ...(JSON.parse(new TextDecoder().decode(bytes)) as object) }
  } catch {
    return {}
  }
}
