/** A part of the code that keeps a rule. The explorer must notice if it is missing. */
export type Guard = {
  readonly name: string
  /** The file, below `packages`. */
  readonly file: string
  readonly text: string
  /** What stands there if the guard is missing. */
  readonly instead: string
}
