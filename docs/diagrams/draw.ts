// Draws each `*.dot` of this folder as an SVG file next to it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { drawDiagram } from './draw-diagram.ts'

const folder = new URL('./', import.meta.url)

for (const file of readdirSync(folder).filter((name) => name.endsWith('.dot'))) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other is fast enough
  const svg = await drawDiagram(readFileSync(new URL(file, folder), 'utf8'))
  writeFileSync(new URL(file.replace(/dot$/, 'svg'), folder), svg)
}
