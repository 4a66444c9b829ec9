import { idTokenAttacks } from '@oauthkit/emulator'

// A wrong `sub` cannot be detected at the first sign-in. `userLogin()` detects it at a refresh.
const attacks = Object.keys(idTokenAttacks).filter((attack) => attack !== 'wrong-sub')

/** An ID token with the hash of another access token. */
export const wrongHash = { payload: { at_hash: '77QmUPtjPfzWtF2AnpK9RQ' } }

/** How an ID token can be wrong, and how the emulator is made to issue one. */
export const wrongIdTokens: readonly (readonly [name: string, edit: object])[] = [
  ...attacks.map((attack) => [attack, { attack }] as const),
  ['another at_hash', wrongHash],
]

/** How a callback can be wrong, how the emulator is made to send one, and the code of the refusal. */
export const wrongCallbacks: readonly (readonly [what: string, patch: object, code: string])[] = [
  ['has no state', { state: null }, 'TOKEN_MISSING'],
  ['has another state', { state: 'forged' }, 'TOKEN_MISSING'],
  ["has another server's iss", { iss: 'https://evil.example' }, 'TOKEN_MALFORMED'],
  ['has no code', { code: null }, 'TOKEN_MALFORMED'],
  ['is an error', { code: null, error: 'unauthorized_client' }, 'TOKEN_REFUSED'],
  // The server would answer with 500, but a redirect has no such status. See RFC 6749 §4.1.2.1.
  ['reports a failure of the server', { code: null, error: 'server_error' }, 'TOKEN_UNAVAILABLE'],
]
