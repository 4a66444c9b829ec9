import type { OwnTokenSource, Token } from '@oauthkit/core'
import { toApiError } from '../providers/api-error.ts'
import type { TokenActions } from './token-actions.ts'
import type { TokenHistory } from './token-history.ts'

/** The options of {@link emulatorActions}. */
export type EmulatorActionsOptions = {
  readonly source: OwnTokenSource
  readonly history: TokenHistory
  /** Calls the API. */
  readonly call: () => Promise<unknown>
  /** Revokes a token at the emulator. */
  readonly revoke: (accessToken: string) => Promise<void>
}

/** Creates the actions on an emulated token. Each one ends with a call, which shows how the app gets a new token. */
export const emulatorActions = ({ source, history, call, revoke }: EmulatorActionsOptions): TokenActions => ({
  call,
  revoke: async () => {
    const { accessToken } = await tokenOf(source)
    await revoke(accessToken)
    history.note({ mark: 'rejected', text: 'Revoked at the emulator, without telling the app' })
    await call()
  },
  expire: async () => {
    const token = await tokenOf(source)
    await revoke(token.accessToken)
    // Expired for both sides. If the emulator's clock moved, all other tokens would expire, too.
    await source.setToken({ ...token, expiresAt: Date.now() })
    history.ends({ mark: 'rejected', text: 'Expired, at the emulator and in the app' })
    await call()
  },
})

const tokenOf = (source: OwnTokenSource): Promise<Token> =>
  source.getToken().catch((error: unknown) => {
    throw toApiError('The emulator', error)
  })
