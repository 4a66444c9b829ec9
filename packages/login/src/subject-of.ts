/** Reads who signed in out of an ID token that was checked when it came; `undefined` where that is not to be read. */
export function subjectOf(idToken: string | undefined): string | undefined {
  try {
    const payload = (idToken?.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
    return typeof sub === 'string' && sub !== '' ? sub : undefined
  } catch {
    return undefined
  }
}
