// Writes the API reports: for each entry point of each public package, a file with all exported types. With `--check`,
// it writes nothing, and fails if a report differs from the built types.
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publicPackages } from './packages.mjs'

const command = 'npx -y pnpm@12 run api'

/** The configuration of API Extractor for one entry point. It reads the types as they are published. */
function configure({ folder, manifest, entry, reportName, output }) {
  const types = resolve(folder, entry.types)
  return ExtractorConfig.prepare({
    packageJsonFullPath: resolve(folder, 'package.json'),
    configObjectFullPath: undefined,
    packageJson: manifest,
    configObject: {
      projectFolder: resolve(folder),
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          files: [types],
          compilerOptions: {
            strict: true,
            target: 'es2023',
            lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
            module: 'nodenext',
            types: ['node'],
            skipLibCheck: true,
          },
        },
      },
      apiReport: { enabled: true, reportFileName: reportName, reportFolder: output, reportTempFolder: output },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Error },
        },
        // TypeDoc checks the docstrings.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  })
}

/**
 * Makes the reports. The packages must be built.
 *
 * @returns the reports by their paths, and what is wrong with the types.
 */
function makeReports() {
  const output = mkdtempSync(join(tmpdir(), 'oauthkit-api-'))
  try {
    const all = publicPackages().flatMap(({ folder, manifest, entries }) =>
      entries.map((entry) => {
        const reportName = [basename(manifest.name), ...entry.path.split('/').slice(1)].join('-')
        return { folder, reportName, config: configure({ folder, manifest, entry, reportName, output }) }
      }),
    )
    // One program for all packages: to read the types of ky and of the platform takes most of the time.
    const additionalEntryPoints = all.map(({ config }) => config.mainEntryPointFilePath)
    const compilerState = CompilerState.create(all[0].config, { additionalEntryPoints })
    const checker = compilerState.program.getTypeChecker()
    const namesOf = ({ config }) => {
      const module = checker.getSymbolAtLocation(compilerState.program.getSourceFile(config.mainEntryPointFilePath))
      return checker.getExportsOfModule(module).map(({ name }) => name)
    }
    const reports = new Map()
    const problems = []
    for (const { folder, reportName, config } of all) {
      // Users can import a type of one entry point from another one of the same package.
      const exported = new Set(all.filter((other) => other.folder === folder).flatMap(namesOf))
      const messageCallback = (message) => {
        message.handled = true
        // The number tells it from a name of the platform, such as `Credential_2`.
        const [, name] = /^The symbol "(\w+?)(?:_\d+)?" needs to be exported/.exec(message.text) ?? []
        if (exported.has(name)) message.logLevel = ExtractorLogLevel.None
        if (message.logLevel === ExtractorLogLevel.Error) problems.push(`${reportName}: ${message.text}`)
      }
      Extractor.invoke(config, { compilerState, localBuild: true, messageCallback })
      const file = `${reportName}.api.md`
      reports.set(join(folder, 'api', file), readFileSync(join(output, file), 'utf8'))
    }
    return { reports, problems }
  } finally {
    rmSync(output, { recursive: true, force: true })
  }
}

/** Returns a line for each committed report that differs from these, and for each that is not one of these. */
function compare(reports) {
  const files = [...reports.keys(), ...globSync('packages/*/api/*')]
  return [...new Set(files)]
    .filter((file) => !existsSync(file) || readFileSync(file, 'utf8') !== reports.get(file))
    .map((file) => `${file} differs from the types: run ${command}, and commit it`)
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const { reports, problems } = makeReports()
if (!values.check) {
  for (const { folder } of publicPackages()) {
    rmSync(join(folder, 'api'), { recursive: true, force: true })
    mkdirSync(join(folder, 'api'))
  }
  for (const [file, report] of reports) writeFileSync(file, report)
}
const lines = [...problems, ...compare(reports)]
if (lines.length > 0) {
  console.error(lines.join('\n'))
  process.exitCode = 1
} else console.log(`${reports.size} API reports are right`)
