/** Where a request came in. */
export type Address = {
  /** The emulated host, such as `api.orange.com`. */
  readonly host: string
  /** The path on that host, from its first slash on; empty if there is none. */
  readonly path: string
  /** The address by which the sender of this request knows a documented one: on the server if it is served, else the same. */
  readonly addressOf: (url: string) => string
}
