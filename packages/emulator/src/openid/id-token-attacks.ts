import { randomText } from '../random.ts'
import type { IdTokenDraft, SignIdToken } from './signing-keys.ts'

/**
 * Edits an ID token before it is sent. A returned draft is signed, and a string is sent unchanged. With `undefined` the
 * response has no ID token.
 *
 * @param draft - The correct ID token.
 * @param sign - Signs a draft, for an edit that changes the signature.
 */
export type EditIdToken = (
  draft: IdTokenDraft,
  sign: SignIdToken,
) => IdTokenDraft | string | undefined | Promise<IdTokenDraft | string | undefined>

/** The names of the ready-made attacks on ID tokens. */
export type IdTokenAttack =
  | 'alg-none'
  | 'hs256-with-public-key'
  | 'bad-signature'
  | 'unknown-kid'
  | 'wrong-iss'
  | 'missing-iss'
  | 'wrong-sub'
  | 'missing-sub'
  | 'wrong-aud'
  | 'missing-aud'
  | 'additional-aud'
  | 'wrong-azp'
  | 'wrong-nonce'
  | 'missing-nonce'
  | 'expired'
  | 'missing-exp'
  | 'future-iat'
  | 'missing-iat'
  | 'missing-id-token'

const OTHER = 'someone-else'

const header =
  (change: Partial<IdTokenDraft['header']>): EditIdToken =>
  (draft) => ({ ...draft, header: { ...draft.header, ...change } })

const payload =
  (change: (claims: IdTokenDraft['payload']) => IdTokenDraft['payload']): EditIdToken =>
  (draft) => ({ ...draft, payload: { ...draft.payload, ...change(draft.payload) } })

const without =
  (claim: string): EditIdToken =>
  ({ header: kept, payload: claims }) => ({
    header: kept,
    payload: Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim)),
  })

/**
 * Ready-made edits of ID tokens, to assign to `editIdToken`. A client must refuse each of the edited tokens,
 * `wrong-sub` at a renewal.
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation | OpenID Connect Core 1.0 §3.1.3.7}
 */
export const idTokenAttacks: Readonly<Record<IdTokenAttack, EditIdToken>> = {
  /** Without a signature, and with `alg` `none`. */
  'alg-none': header({ alg: 'none' }),
  /**
   * Signed by HMAC, with the PEM of the published key as the secret. A client that confuses the algorithms accepts it.
   */
  'hs256-with-public-key': header({ alg: 'HS256' }),
  /** With a random signature of the right length. */
  'bad-signature': async (draft, sign) => (await sign(draft)).replace(/[^.]+$/, randomText(256)),
  /** With a `kid` that is not published. */
  'unknown-kid': header({ kid: OTHER }),
  /** With another issuer. */
  'wrong-iss': payload(() => ({ iss: 'https://someone-else.example' })),
  /** Without an issuer. */
  'missing-iss': without('iss'),
  /** About another user: for renewals, since a wrong `sub` in the first ID token cannot be detected. */
  'wrong-sub': payload(() => ({ sub: OTHER })),
  /** Without a user. */
  'missing-sub': without('sub'),
  /** For another client. */
  'wrong-aud': payload(() => ({ aud: OTHER })),
  /** Without a client. */
  'missing-aud': without('aud'),
  /** For this client, to which it was issued, and for an additional client that is not trusted. */
  'additional-aud': payload(({ aud = [] }) => ({ aud: [aud, OTHER].flat(), azp: [aud].flat()[0] })),
  /** For this client, but issued to another one. */
  'wrong-azp': payload(() => ({ azp: OTHER })),
  /** With the nonce of another sign-in. */
  'wrong-nonce': payload(() => ({ nonce: OTHER })),
  /** Without a nonce. */
  'missing-nonce': without('nonce'),
  /** Expired one hour ago. */
  expired: payload(({ iat = 0 }) => ({ iat: iat - 7200, exp: iat - 3600 })),
  /** Without an expiry time. */
  'missing-exp': without('exp'),
  /** Issued one hour in the future. */
  'future-iat': payload(({ iat = 0 }) => ({ iat: iat + 3600, exp: iat + 7200 })),
  /** Without a time of issue. */
  'missing-iat': without('iat'),
  /** No ID token in the response. */
  'missing-id-token': () => undefined,
}
