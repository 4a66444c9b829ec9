/** What can be done to a token of the app's. */
export type TokenActions = {
  /** Makes calls of the API that the token is for. */
  readonly call: () => Promise<unknown>
  /** Revokes the token at the emulator, behind the app's back; absent where the provider is live. */
  readonly revoke?: (() => Promise<unknown>) | undefined
  /** Ends the token at the emulator, and tells the app that its time is over; absent where the provider is live. */
  readonly expire?: (() => Promise<unknown>) | undefined
}
