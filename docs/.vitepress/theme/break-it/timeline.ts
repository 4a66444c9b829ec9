import type { LabRecord, Outcome } from './record.ts'

/** The heights of the timeline, in pixels from its top. */
export const heights = {
  marks: 11,
  calls: 27,
  dots: 37,
  requests: 141,
  request: 152,
  tokens: 177,
  bars: 185,
  axis: 246,
  all: 262,
}

const rows = 12
const rowHeight = 7
const radius = 2.5
/** The width of a dot with the space behind it. */
const dotWidth = 6
/** How many rows are between one call and the next. So the dots of calls at equal times fill the picture evenly. */
const rowStep = 5
export const barHeight = 14
const barRows = 3
/** The space that the name of a token needs, and what a letter and the rest of a label need. */
const nameWidth = 48
const letterWidth = 6
const labelSpace = 12

/** The shortest time that the timeline shows, in milliseconds, and how often it doubles before it moves. */
const shortestMs = 5000
const doublings = 2
const tickCount = 5

/** What the timeline draws. All `x` are in pixels. */
export type Timeline = {
  /** The dots of the calls, as the data of one path for each outcome. */
  readonly dots: Readonly<Record<Outcome, string>>
  readonly requests: readonly {
    readonly x: number
    readonly width: number
    readonly is: 'waiting' | 'issued' | 'failed'
  }[]
  /** The lives of the tokens. A token is current until there is a newer one. */
  readonly tokens: readonly {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly currentWidth: number
    /** Empty if there is no space for it. */
    readonly name: string
    readonly nameX: number
    readonly isEnded: boolean
  }[]
  readonly marks: readonly { readonly x: number; readonly label: string }[]
  readonly ticks: readonly { readonly x: number; readonly label: string }[]
}

/** The time that the timeline shows. It changes in large steps, so that the picture is calm. */
export function windowOf({ from }: LabRecord, now: number): { readonly start: number; readonly spanMs: number } {
  // Some space stays free on the right.
  const needed = (now - from) * 1.1
  for (let step = 0; step < doublings; step += 1) {
    if (needed <= shortestMs * 2 ** step) return { start: from, spanMs: shortestMs * 2 ** step }
  }
  const spanMs = shortestMs * 2 ** doublings
  return { start: from + Math.ceil(Math.max(0, needed - spanMs) / shortestMs) * shortestMs, spanMs }
}

/** Lays out what has happened until `now` in a picture of some width. */
export function layOut(record: LabRecord, now: number, width: number): Timeline {
  const { start, spanMs } = windowOf(record, now)
  const end = start + spanMs
  const xOf = (at: number) => round(radius + ((at - start) / spanMs) * (width - 2 * radius))
  const clamp = (at: number) => xOf(Math.min(Math.max(at, start), end))
  return {
    dots: drawDots(record, start, xOf),
    requests: record.tokenRequests
      .filter(({ sentAt, endedAt = now }) => endedAt >= start && sentAt <= end)
      .map(({ sentAt, endedAt, isIssued }) => ({
        x: clamp(sentAt),
        width: Math.max(2, clamp(endedAt ?? now) - clamp(sentAt)),
        is: endedAt === undefined ? 'waiting' : isIssued ? 'issued' : 'failed',
      })),
    tokens: record.tokens.flatMap(({ issuedAt, expiresAt, endedAt }, index, all) => {
      const endsAt = Math.min(expiresAt, endedAt ?? now, now)
      if (endsAt < start) return []
      const x = clamp(issuedAt)
      const currentWidth = Math.max(2, clamp(Math.min(endsAt, all[index + 1]?.issuedAt ?? endsAt)) - x)
      const below = all[index + barRows]
      // In a bar that is too short for its name, the name is next to it.
      const nameX = x + 5 + (currentWidth < nameWidth ? currentWidth : 0)
      const hasSpace = (below ? clamp(below.issuedAt) : width) - nameX >= nameWidth - 5
      return {
        x,
        y: heights.bars + (index % barRows) * (barHeight + 5),
        width: Math.max(2, clamp(endsAt) - x),
        currentWidth,
        name: hasSpace ? `token ${index + 1}` : '',
        nameX,
        isEnded: endsAt < now,
      }
    }),
    marks: drawMarks(record, start, now, xOf, width),
    ticks: Array.from({ length: tickCount }, (_, index) => {
      const at = start + (index * spanMs) / tickCount
      return { x: xOf(at), label: `${(at - record.from) / 1000} s` }
    }),
  }
}

/** Draws a dot for each call. Calls of the same moment have no space in one column, so they form a block. */
function drawDots({ calls }: LabRecord, start: number, xOf: (at: number) => number): Record<Outcome, string> {
  const dots = { waiting: '', answered: '', replayed: '', failed: '' }
  const last = Array.from({ length: rows }, () => Number.NEGATIVE_INFINITY)
  for (const [number, { sentAt, outcome }] of calls.entries()) {
    if (sentAt < start) continue
    const row = (number * rowStep) % rows
    const x = Math.max(xOf(sentAt), (last[row] ?? 0) + dotWidth)
    last[row] = x
    dots[outcome] += shapes[outcome](x, heights.dots + row * rowHeight + radius)
  }
  return dots
}

/** The dot of a call. The shapes differ, so that colours are not needed to tell them apart. */
export const shapes: Readonly<Record<Outcome, (x: number, y: number) => string>> = {
  waiting: (x, y) => `M${x - 2} ${y}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`,
  answered: (x, y) => `M${x} ${y}h0`,
  replayed: (x, y) => `M${x} ${y - 2.9}l2.9 2.9l-2.9 2.9l-2.9 -2.9z`,
  failed: (x, y) => `M${x - 2} ${y - 2}l4 4m0 -4l-4 4`,
}

/** Places the marks. Those of the same moment share a label. One that has no space has no label. */
function drawMarks({ marks }: LabRecord, start: number, now: number, xOf: (at: number) => number, width: number) {
  const labels = new Map<number, string>()
  for (const { at, label } of marks) {
    if (at < start || at > now) continue
    const x = xOf(at)
    const other = labels.get(x)
    labels.set(x, other ? `${other}, ${label}` : label)
  }
  let free = 0
  return [...labels].map(([x, label]) => {
    const end = x + label.length * letterWidth + labelSpace
    if (x < free || end > width) return { x, label: '' }
    free = end
    return { x, label }
  })
}

const round = (value: number): number => Math.round(value * 10) / 10
