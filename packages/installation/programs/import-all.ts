/** Imports the modules that `ENTRIES` lists, and prints whether each exports something. */
import process from 'node:process'

for (const entry of JSON.parse(process.env['ENTRIES'] ?? '[]') as string[]) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure is easy to locate
  const module: object = await import(entry)
  console.log(entry, Object.keys(module).length > 0)
}
