import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import webpack from 'webpack'

/** The programs to bundle: without a store, and with one. */
const programs = ['alone', 'stored'] as const

/** A tool that makes pages from the programs in a project: `alone.html`, `stored.html`, and the files they load. */
export type Bundler = {
  readonly name: string
  /** Bundles them into the project's folder `out`, with the tool's defaults, and returns the warnings. */
  readonly bundle: (project: string) => Promise<string[]>
}

/** The bundlers that split the code of a page: one part loads at the start, the rest loads later. */
export const bundlers: readonly Bundler[] = [
  {
    name: 'esbuild',
    bundle: async (project) => {
      const warnings = await bundleByEsbuild(project, { splitting: true })
      writePages(join(project, 'out'), (program) => `<script type="module" src="/${program}.js"></script>`)
      return warnings
    },
  },
  {
    name: 'Vite',
    bundle: async (root) => {
      const pages = writePages(root, (program) => `<script type="module" src="/${program}.ts"></script>`)
      const warnings: string[] = []
      const customLogger = vite.createLogger('warn')
      customLogger.warn = customLogger.warnOnce = (message) => void warnings.push(message)
      const build = { outDir: 'out', rolldownOptions: { input: pages } }
      await vite.build({ root, configFile: false, customLogger, build })
      return warnings
    },
  },
  {
    name: 'webpack',
    bundle: async (project) => {
      writePages(join(project, 'out'), (program) => `<script defer src="/${program}.js"></script>`)
      return bundleByWebpack(project)
    },
  },
]

/** Bundles the programs with esbuild, minified. Without splitting, each program is one file. */
export async function bundleByEsbuild(project: string, options: esbuild.BuildOptions): Promise<string[]> {
  const { warnings } = await esbuild.build({
    absWorkingDir: project,
    entryPoints: programs.map((program) => `${program}.ts`),
    bundle: true,
    minify: true,
    format: 'esm',
    outdir: 'out',
    logLevel: 'silent',
    ...options,
  })
  return warnings.map(({ text }) => text)
}

async function bundleByWebpack(project: string): Promise<string[]> {
  // webpack cannot read TypeScript. The files keep the extension `.ts`.
  for (const file of globSync(join(project, '*.ts')))
    writeFileSync(file, stripTypeScriptTypes(readFileSync(file, 'utf8')))
  const compiler = webpack({
    mode: 'production',
    context: project,
    entry: Object.fromEntries(programs.map((program) => [program, `./${program}.ts`])),
    output: { path: join(project, 'out') },
  })
  const bundling = new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, stats) => (error ? reject(error) : resolve(stats)))
  })
  try {
    const { errors = [], warnings = [] } = (await bundling)?.toJson() ?? {}
    return [...errors, ...warnings].map(({ message }) => message)
  } finally {
    await new Promise((closed) => compiler.close(closed))
  }
}

/** Writes a page for each program, and returns the paths of the pages. */
function writePages(folder: string, head: (program: string) => string): string[] {
  mkdirSync(folder, { recursive: true })
  return programs.map((program) => {
    const page = join(folder, `${program}.html`)
    writeFileSync(page, `<!doctype html><link rel="icon" href="data:,">${head(program)}`)
    return page
  })
}
