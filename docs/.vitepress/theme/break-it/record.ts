/** What a call has come to. A replayed call was sent a second time, and then answered. */
export type Outcome = 'waiting' | 'answered' | 'replayed' | 'failed'

/** One call of the client. */
export type Call = {
  /** When it was made, in milliseconds since the epoch, as all times of a record. */
  readonly sentAt: number
  /** How often it has reached the API. */
  attempts: number
  outcome: Outcome
}

/** One token request. */
type TokenRequest = {
  readonly sentAt: number
  /** When its answer arrived. `undefined` while it waits. */
  endedAt: number | undefined
  /** Whether its answer is a token. */
  isIssued: boolean
}

/** The life of one token. The token itself is not here. */
type TokenLife = {
  readonly issuedAt: number
  readonly expiresAt: number
  /** When it was revoked, or when the server's clock moved past its end. */
  endedAt: number | undefined
}

/** One line of the list of what happened. */
export type Line = {
  readonly id: number
  readonly text: string
  /** Whether the reader, or a scene, did it. */
  readonly isAct: boolean
  /** How often it happened. */
  count: number
}

/** A moment that the timeline marks. */
type Mark = { readonly at: number; readonly label: string }

/** Everything that has happened since the page began, or since its reader started over. It holds no secret. */
export type LabRecord = {
  /** When the calls of the timeline began. */
  from: number
  /** When the last of them ended. */
  until: number
  /** All calls. The number of a call is its place, from 0. */
  readonly calls: Call[]
  readonly tokenRequests: TokenRequest[]
  /** All tokens. The first one is called token 1. */
  readonly tokens: TokenLife[]
  readonly lines: Line[]
  readonly marks: Mark[]
}

/** Makes an empty record. */
export const createRecord = (): LabRecord => ({
  from: Date.now(),
  until: Date.now(),
  calls: [],
  tokenRequests: [],
  tokens: [],
  lines: [],
  marks: [],
})

/** How many lines are looked through for one with the same text. */
const recent = 6

/** Adds a line. If the same happened a moment ago, counts it there: hundreds of calls can have the same fate. */
export function say({ lines }: LabRecord, text: string, isAct = false): void {
  const sinceAct = lines.slice(lines.findLastIndex((line) => line.isAct) + 1)
  const same = isAct ? undefined : sinceAct.slice(-recent).find((line) => line.text === text)
  if (same) same.count += 1
  else lines.push({ id: lines.length, text, isAct, count: 1 })
}

/** Adds what the reader, or a scene, did: a line, and a mark in the timeline. */
export function sayAct(record: LabRecord, text: string, label: string): void {
  say(record, text, true)
  record.marks.push({ at: Date.now(), label })
}

/** Ends all tokens that have not ended. */
export function endTokens({ tokens }: LabRecord): void {
  for (const token of tokens) token.endedAt ??= Date.now()
}

/** The numbers of calls by what they have come to. */
export type Counts = Readonly<Record<Outcome, number>>

/** Counts the calls. */
export function countCalls({ calls }: LabRecord): Counts {
  const counts = { waiting: 0, answered: 0, replayed: 0, failed: 0 }
  for (const { outcome } of calls) counts[outcome] += 1
  return counts
}

/** What the calls have come to, in a few words. A replayed call was answered. */
export function summarize({ answered, replayed, failed }: Counts, tokenRequests: number): string {
  const requests = `${tokenRequests} token request${tokenRequests === 1 ? '' : 's'}`
  return `${answered + replayed} answered, ${failed} failed, ${requests}`
}
