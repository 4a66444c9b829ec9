import * as Plot from '@observablehq/plot'
import { JSDOM } from 'jsdom'
import type { Table } from '../measure/result.ts'
import { formatCell, headingOf } from './format.ts'

/** Readers of both themes see the file as an image, so it brings its own background. */
const style = `
  svg { --own: #0f766e; --other: #6b7280; color: #1f2937; background: #ffffff }
  @media (prefers-color-scheme: dark) {
    svg { --own: #2dd4bf; --other: #9ca3af; color: #e5e7eb; background: #1b1b1f }
  }
`

/** Draws one column of a table as an SVG file: a dot and its interval for a figure, a bar for a count. */
export function drawPlot(table: Table): string {
  const column = table.columns.findIndex(({ name }) => name === table.plot)
  const shown = table.columns[column] ?? { name: '' }
  const points = table.rows.flatMap((row) => {
    const [client] = row
    const cell = row[column]
    if (cell === undefined || cell === null || typeof cell === 'string') return []
    const fill = /^oauthkit|^@oauthkit/.test(client) ? 'var(--own)' : 'var(--other)'
    return [typeof cell === 'number' ? { client, fill, median: cell } : { client, fill, ...cell }]
  })
  const y = { y: 'client', sort: { y: null } } as const
  const label = ({ median }: { readonly median: number }) => formatCell(median, shown)
  const isFigure = points.some((point) => 'from' in point)
  const marks = isFigure
    ? [
        ...(shown.unit === '×' ? [Plot.ruleX([1], { stroke: 'var(--other)', strokeDasharray: '3 3' })] : []),
        Plot.ruleY(points, { ...y, x1: 'from', x2: 'to', stroke: 'fill', strokeWidth: 2 }),
        Plot.dot(points, { ...y, x: 'median', fill: 'fill', r: 4 }),
      ]
    : [Plot.ruleX([0], { stroke: 'var(--other)' }), Plot.barX(points, { ...y, x: 'median', fill: 'fill', inset: 4 })]
  const svg = Plot.plot({
    document: new JSDOM('').window.document,
    className: 'plot',
    width: 680,
    height: 75 + 26 * points.length,
    marginLeft: 330,
    marginRight: 60,
    marginBottom: 50,
    style: { fontSize: '13px', fontFamily: 'system-ui, sans-serif' },
    x: {
      label: headingOf(shown),
      grid: true,
      nice: true,
      ...(!isFigure && { zero: true }),
    },
    y: { label: null, domain: points.map(({ client }) => client) },
    marks: [
      ...marks,
      Plot.text(points, { ...y, x: isFigure ? 'to' : 'median', text: label, textAnchor: 'start', dx: 6 }),
    ],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  const own = svg.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'style')
  own.textContent = style
  svg.append(own)
  return `${svg.outerHTML}\n`
}
