import { instance, type Viz } from '@viz-js/viz'

/** Readers of both themes see the file as an image, so it brings its own background. */
const style = `
  svg { --back: #ffffff; --line: #57606a; --part: #f3f4f6; --good: #d5f1ec; --bad: #fde3e0; color: #1f2937 }
  @media (prefers-color-scheme: dark) {
    svg { --back: #1b1b1f; --line: #9ca3af; --part: #2b2d33; --good: #14463f; --bad: #56221f; color: #e5e7eb }
  }
  svg { background: var(--back) }
  text { fill: currentColor }
  .node path, .node polygon { fill: var(--back); stroke: var(--line) }
  .part path, .part polygon { fill: var(--part) }
  .good path, .good polygon { fill: var(--good) }
  .bad path, .bad polygon { fill: var(--bad) }
  .edge path { stroke: var(--line) }
  .edge polygon { fill: var(--line); stroke: var(--line) }
  .edge text { paint-order: stroke; stroke: var(--back); stroke-width: 4px; stroke-linejoin: round }
`

const font = { fontname: 'Helvetica,Arial,sans-serif' }

/**
 * The layout is made for larger letters than those that are drawn, because some readers have a wider font. The sizes are
 * those of the layout and of the drawing.
 */
const sizes = [
  [16, 14],
  [15, 13],
] as const

const layout = {
  graphAttributes: { ...font, bgcolor: 'transparent', pad: 0.1, nodesep: 0.25, ranksep: 0.28 },
  nodeAttributes: { ...font, shape: 'box', fontsize: sizes[0][0], margin: '0.12,0.06', height: 0.35, width: 0.5 },
  edgeAttributes: { ...font, fontsize: sizes[1][0], arrowsize: 0.7 },
}

let viz: Viz | undefined

/**
 * Draws a graph in the language DOT as an SVG file.
 *
 * The classes of nodes are `part`, `good` (a call gets a token) and `bad` (it gets none). So that a narrow screen need not
 * make the letters small, a picture should be at most 340 pixels wide.
 */
export async function drawDiagram(dot: string): Promise<string> {
  viz ??= await instance()
  const svg = viz
    .renderString(dot, { format: 'svg', ...layout })
    .replace(/^.*?(?=<svg)/s, '')
    // These are the names in the source, and not for readers.
    .replaceAll(/<title>.*?<\/title>\n|<!--.*?-->\n/gs, '')
    .replaceAll(/(width|height)="(\d+)pt"/g, '$1="$2"')
    .replace(/<svg [^>]*>\n/, (tag) => `${tag}<style>${style}</style>\n`)
  return sizes.reduce((text, [from, to]) => text.replaceAll(`font-size="${from}.00"`, `font-size="${to}"`), svg)
}
