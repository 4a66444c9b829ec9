import { html, type Html } from '../pages/html.ts'
import type { Mark } from './describe-event.ts'
import type { TokenState } from './token-history.ts'

/** How much of the past and the future the chart shows, in milliseconds. */
const pastMs = 120_000
const futureMs = 60_000

/**
 * Draws the last two minutes of a token, and the next one: its calls below, its lives in the middle, and its events on top.
 *
 * Positions are in per cent, so that the chart fits every width. The colours are in the style sheet.
 */
export function timelineChart(state: TokenState, now: number): Html {
  const start = now - pastMs
  const end = now + futureMs
  const place = (instant: number) =>
    `${(((Math.min(Math.max(instant, start), end) - start) / (end - start)) * 100).toFixed(2)}%`
  const width = (from: number, until: number) =>
    `${Math.max(0, Number.parseFloat(place(until)) - Number.parseFloat(place(from))).toFixed(2)}%`

  const lives = state.lives
    .filter(({ from, until }) => until > start && until > from)
    .map(
      ({ from, until }, index, { length }) =>
        html`<rect
          class="${index === length - 1 && until > now ? 'life current' : 'life'}"
          x="${place(from)}"
          y="36"
          width="${width(from, until)}"
          height="14"
          rx="3"
        />`,
    )
  const calls = Array.from(state.calls, ([second, count]) => ({ at: second * 1000, height: Math.min(24, 6 + count) }))
    .filter(({ at }) => at > start)
    .map(
      ({ at, height }) => html`<rect class="call" x="${place(at)}" y="${80 - height}" width="2" height="${height}" />`,
    )
  const marks = state.entries
    .filter(({ at }) => at > start)
    .map(
      ({ at, mark }) =>
        html`<svg class="mark ${mark}" x="${place(at)}" y="${heights[mark]}" overflow="visible">${shapes[mark]}</svg>`,
    )

  return html`<svg class="timeline" role="img" aria-label="${summary(state, now)}" width="100%" height="100">
    <line class="axis" x1="0" x2="100%" y1="80" y2="80" />
    ${lives} ${calls}
    <line class="now" x1="${place(now)}" x2="${place(now)}" y1="4" y2="84" />
    ${marks}
    <text x="0" y="97">−2 min</text>
    <text x="33.33%" y="97" text-anchor="middle">−1 min</text>
    <text x="66.67%" y="97" text-anchor="middle">now</text>
    <text x="100%" y="97" text-anchor="end">+1 min</text>
  </svg>`
}

/** A rejection and the renewal after it happen at the same time, so each has its own row. */
const heights: Readonly<Record<Mark, number>> = { renewed: 26, rejected: 9, trouble: 9 }

/** The marks differ in their form, not only in their colour. */
const shapes: Readonly<Record<Mark, Html>> = {
  renewed: html`<circle r="5.5" />`,
  rejected: html`<path d="M-5-5 5 5M5-5-5 5" />`,
  trouble: html`<path d="M0-7 7 6H-7Z" />`,
}

function summary({ entries, calls, expiresAt }: TokenState, now: number): string {
  const recent = entries.filter(({ at }) => at > now - pastMs).length
  const served = Array.from(calls).reduce((sum, [second, count]) => sum + (second * 1000 > now - pastMs ? count : 0), 0)
  const end = expiresAt === undefined || expiresAt <= now ? 'the app has no token now' : 'the app has a token now'
  return `The last two minutes: ${served} calls served from memory, ${recent} events, ${end}.`
}
