/** Imports what it is told to, and says what it found. */
import process from 'node:process'

for (const entry of JSON.parse(process.env['ENTRIES'] ?? '[]') as string[]) {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that what goes wrong is easy to tell
  const module: object = await import(entry)
  console.log(entry, Object.keys(module).length > 0)
}
