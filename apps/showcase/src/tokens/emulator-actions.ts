import type { OwnTokenSource, Token } from '@oauthkit/core'
import { toApiError } from '../providers/api-error.ts'
import type { TokenActions } from './token-actions.ts'
import type { TokenHistory } from './token-history.ts'

/** What {@link emulatorActions} takes. */
export type EmulatorActionsOptions = {
  readonly source: OwnTokenSource
  readonly history: TokenHistory
  /** Makes a call of the API. */
  readonly call: () => Promise<unknown>
  /** Revokes a token at the emulator. */
  readonly revoke: (accessToken: string) => Promise<void>
}

/** Makes what can be done to an emulated token; after each a call is made, in which one sees how things mend. */
export const emulatorActions = ({ source, history, call, revoke }: EmulatorActionsOptions): TokenActions => ({
  call,
  revoke: async () => {
    const { accessToken } = await tokenOf(source)
    await revoke(accessToken)
    history.note({ mark: 'rejected', text: 'Revoked at the emulator, of which the app knows nothing' })
    await call()
  },
  expire: async () => {
    const token = await tokenOf(source)
    await revoke(token.accessToken)
    // Its end has come for both sides. The emulator's clock would make everything else end as well.
    await source.setToken({ ...token, expiresAt: Date.now() })
    history.ends({ mark: 'rejected', text: 'Its time is over, at the emulator and in the app' })
    await call()
  },
})

const tokenOf = (source: OwnTokenSource): Promise<Token> =>
  source.getToken().catch((error: unknown) => {
    throw toApiError('The emulator', error)
  })
