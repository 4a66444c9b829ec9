import { randomText } from '../random.ts'
import type { IdTokenDraft, SignIdToken } from './signing-keys.ts'

/**
 * Edits an ID token that is about to be sent: what it returns is signed; a string is sent as it is; with `undefined` the
 * answer has no ID token.
 *
 * @param draft - the honest one.
 * @param sign - signs a draft, for those who then change the signature.
 */
export type EditIdToken = (
  draft: IdTokenDraft,
  sign: SignIdToken,
) => IdTokenDraft | string | undefined | Promise<IdTokenDraft | string | undefined>

/** The attacks on ID tokens that are ready-made. */
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

const OTHER = 'somebody-else'

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
 * Ready-made ways to edit ID tokens, each of which a client must refuse, `wrong-sub` when it renews: assign one to
 * `editIdToken`.
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation | OpenID Connect Core 1.0 §3.1.3.7}
 */
export const idTokenAttacks: Readonly<Record<IdTokenAttack, EditIdToken>> = {
  /** Not signed, and says so. */
  'alg-none': header({ alg: 'none' }),
  /** Signed by HMAC, with the PEM of the published key as the secret: whoever mixes the algorithms up accepts it. */
  'hs256-with-public-key': header({ alg: 'HS256' }),
  /** With a signature of the right length that is random. */
  'bad-signature': async (draft, sign) => (await sign(draft)).replace(/[^.]+$/, randomText(256)),
  /** With a `kid` that is not published. */
  'unknown-kid': header({ kid: OTHER }),
  /** Of another issuer. */
  'wrong-iss': payload(() => ({ iss: 'https://somebody-else.example' })),
  /** Of no issuer. */
  'missing-iss': without('iss'),
  /** About another user: for renewed ones, since at the first sign-in nobody can tell. */
  'wrong-sub': payload(() => ({ sub: OTHER })),
  /** About nobody. */
  'missing-sub': without('sub'),
  /** For another client. */
  'wrong-aud': payload(() => ({ aud: OTHER })),
  /** For no client. */
  'missing-aud': without('aud'),
  /** For this client, to whom it was issued, and for another one that nobody trusts. */
  'additional-aud': payload(({ aud = [] }) => ({ aud: [aud, OTHER].flat(), azp: [aud].flat()[0] })),
  /** For this client, but issued to another one. */
  'wrong-azp': payload(() => ({ azp: OTHER })),
  /** Of another sign-in. */
  'wrong-nonce': payload(() => ({ nonce: OTHER })),
  /** Of no sign-in that could be told. */
  'missing-nonce': without('nonce'),
  /** Over for an hour. */
  expired: payload(({ iat = 0 }) => ({ iat: iat - 7200, exp: iat - 3600 })),
  /** Without an end. */
  'missing-exp': without('exp'),
  /** Issued in an hour. */
  'future-iat': payload(({ iat = 0 }) => ({ iat: iat + 3600, exp: iat + 7200 })),
  /** Issued at no time. */
  'missing-iat': without('iat'),
  /** None at all. */
  'missing-id-token': () => undefined,
}
