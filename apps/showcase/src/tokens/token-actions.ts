/** What a visitor can do to a token of the app. */
export type TokenActions = {
  /** Calls the API that the token is for. */
  readonly call: () => Promise<unknown>
  /** Revokes the token at the emulator, without telling the app. Absent if the provider is live. */
  readonly revoke?: (() => Promise<unknown>) | undefined
  /** Revokes the token at the emulator, and tells the app that it has expired. Absent if the provider is live. */
  readonly expire?: (() => Promise<unknown>) | undefined
}
