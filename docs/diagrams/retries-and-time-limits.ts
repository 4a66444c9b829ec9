// Draws the picture of the page "Retries and time limits": `node docs/diagrams/retries-and-time-limits.ts`.
import { writeFileSync } from 'node:fs'
import { limits, type Limit } from './retries-and-time-limits.data.ts'

/** How the rows are laid out: all on one line, or on a narrow screen the bar below its words. Lengths are in pixels. */
type Layout = {
  readonly width: number
  /** The height of a row. */
  readonly row: number
  /** Where the words for the time end. */
  readonly time: number
  /** Where the axis begins and ends. */
  readonly axis: readonly [from: number, to: number]
  /** How far a bar is below the middle of its words. */
  readonly drop: number
}

/** The two files, by their names. */
export const layouts: Readonly<Record<'wide' | 'narrow', Layout>> = {
  wide: { width: 680, row: 24, time: 345, axis: [365, 665], drop: 0 },
  narrow: { width: 360, row: 40, time: 350, axis: [20, 340], drop: 16 },
}

/** Readers see the file as an image, so it brings its own colours. */
const style = `
  svg { --own: #0f766e; --line: #d1d5db; color: #1f2937; background: #ffffff; font: 14px system-ui, sans-serif }
  text { fill: currentColor } .group { font-weight: 700 } .time { text-anchor: end } .tick { text-anchor: middle }
  .line { stroke: var(--line) } .bar { stroke: var(--own); stroke-width: 4 }
  circle { fill: var(--own) }
  @media (prefers-color-scheme: dark) {
    svg { --own: #2dd4bf; --line: #4b5563; color: #e5e7eb; background: #1b1b1f }
  }
`

const ticks: readonly (readonly [ms: number, text: string])[] = [
  [200, '0.2 s'],
  [1000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
]

const [shortest, longest] = [200, 3_600_000]

/** Draws all limits on one logarithmic axis of time. */
export function drawLimits({ width, row, time, axis: [from, to], drop }: Layout): string {
  const x = (ms: number) =>
    Math.round(from + ((to - from) * Math.log(ms / shortest)) / Math.log(longest / shortest)).toString()
  const parts: string[] = []
  let y = 20
  const drawTicks = () => {
    for (const [ms, text] of ticks) parts.push(`<text class="tick" x="${x(ms)}" y="${y}">${text}</text>`)
  }
  const drawLimit = ({ what, time: words, dots, until }: Limit) => {
    const middle = y + drop - 5
    parts.push(`<text x="8" y="${y}">${what}</text><text class="time" x="${time}" y="${y}">${words}</text>`)
    parts.push(`<line class="line" x1="${from}" x2="${to}" y1="${middle}" y2="${middle}"/>`)
    const [first = shortest] = dots
    if (until !== undefined)
      parts.push(`<line class="bar" x1="${x(first)}" x2="${x(until)}" y1="${middle}" y2="${middle}"/>`)
    for (const ms of dots) parts.push(`<circle cx="${x(ms)}" cy="${middle}" r="5"/>`)
    if (until !== undefined) parts.push(`<circle cx="${x(until)}" cy="${middle}" r="5"/>`)
    y += row
  }
  drawTicks()
  y += 28
  for (const [group, members] of Object.entries<Readonly<Record<string, Limit>>>(limits)) {
    parts.push(`<text class="group" x="8" y="${y}">${group}</text>`)
    y += 24
    for (const limit of Object.values(members)) drawLimit(limit)
    y += 12
  }
  drawTicks()
  const size = `width="${width}" height="${y + 12}" viewBox="0 0 ${width} ${y + 12}"`
  const title = '<title>Retries and time limits</title>'
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size}>${title}<style>${style}</style>\n${parts.join('\n')}\n</svg>\n`
}

if (import.meta.main) {
  for (const [name, layout] of Object.entries(layouts))
    writeFileSync(new URL(`retries-and-time-limits-${name}.svg`, import.meta.url), drawLimits(layout))
}
