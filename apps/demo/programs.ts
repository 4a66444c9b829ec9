import { fileURLToPath } from 'node:url'

/** A program of the demonstration, and how to run it. */
export type Program = { readonly runtime: string; readonly command: string; readonly arguments: readonly string[] }

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const bin = (name: string) => file(`../../node_modules/.bin/${name}`)

/** The same program on each runtime. On Deno, it has only the permissions that it needs. */
export const programs: readonly Program[] = [
  { runtime: 'Node', command: process.execPath, arguments: [file('../node/main.ts')] },
  {
    runtime: 'Deno',
    command: bin('deno'),
    arguments: [
      'run',
      '--quiet',
      '--allow-net=127.0.0.1',
      '--allow-env=EMULATOR_URL,ORANGE_CLIENT_ID,ORANGE_CLIENT_SECRET',
      file('../deno/main.ts'),
    ],
  },
  { runtime: 'Bun', command: bin('bun'), arguments: [file('../bun/main.ts')] },
]
