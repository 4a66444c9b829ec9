// Makes a provider package out of templates/provider. CONTRIBUTING.md, "A new provider", describes the next steps.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readChoices } from './new-provider/choices.mjs'
import { enterInto } from './new-provider/entries.mjs'
import { clientAuths, renderTemplate } from './new-provider/template.mjs'

const help = `Usage: npx -y pnpm@12 new-provider <name> [options]

Makes packages/<name>, a provider package whose tests pass at once, and adds it to the files that list all packages.
The name is in lower case, with hyphens between words: acme, acme-mobile.

  --token-endpoint <url>  the URL where the provider issues tokens
  --api <url>             the start of its APIs' URLs; repeat it for more APIs
  --client-auth <method>  ${Object.keys(clientAuths).join(', ')}
                          [client_secret_basic]
  --token-request <form>  the shape of its token requests: form, json, get [form]
  --token-type <type>     a token_type of its answers that is not Bearer, such as access_token
  --docs <url>            the page that documents how to get tokens
  --title <text>          the provider's name in texts [the name, capitalised]
  --help                  shows this text

A URL that you leave out is at example.com. The script lists such URLs in the end.`

const options = {
  'token-endpoint': { type: 'string' },
  api: { type: 'string', multiple: true },
  'client-auth': { type: 'string' },
  'token-request': { type: 'string' },
  'token-type': { type: 'string' },
  docs: { type: 'string' },
  title: { type: 'string' },
  help: { type: 'boolean' },
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  console.log(values.help ? help : make(readChoices(positionals, values)))
} catch (error) {
  console.error(`${error.message}\nNothing was written. For help: npx -y pnpm@12 new-provider --help`)
  process.exitCode = 1
}

/** Writes all files, or none. Returns the text for the terminal. */
function make(choices) {
  const { name, title } = choices
  const folder = `packages/${name}`
  const changeset = `.changeset/new-${name}.md`
  const made = [
    ...Object.entries(renderTemplate(choices)).map(([file, text]) => [`${folder}/${file}`, text]),
    [changeset, `---\n'@oauthkit/${name}': minor\n---\n\nThe first release: tokens for ${title}'s APIs, on ky.\n`],
  ]
  const taken = [folder, ...made.map(([file]) => file)].find((file) => existsSync(file))
  if (taken) throw new Error(`${taken} is there already, and is not overwritten.`)
  const { changed, missed } = enterInto(choices)

  // A temporary folder holds the files until all are formatted, so that an error leaves nothing half-written here.
  const stage = mkdtempSync(join(tmpdir(), 'new-provider-'))
  try {
    for (const [file, text] of [...made, ...changed]) {
      mkdirSync(join(stage, dirname(file)), { recursive: true })
      writeFileSync(join(stage, file), text)
    }
    const oxfmt = fileURLToPath(new URL('../node_modules/.bin/oxfmt', import.meta.url))
    const style = fileURLToPath(new URL('../.oxfmtrc.json', import.meta.url))
    execFileSync(oxfmt, ['-c', style, '.'], { cwd: stage, stdio: ['ignore', 'ignore', 'inherit'] })
    const before = changed.map(([file]) => [file, readFileSync(file)])
    try {
      for (const [file] of made) cpSync(join(stage, file), file, { force: false, errorOnExist: true })
      for (const [file] of changed) cpSync(join(stage, file), file)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      rmSync(changeset, { force: true })
      for (const [file, text] of before) writeFileSync(file, text)
      throw error
    }
  } finally {
    rmSync(stage, { recursive: true })
  }

  const blanks = made.flatMap(([file]) => findBlanks(file))
  return [
    `${folder} is there. It was added to ${changed.map(([file]) => file).join(', ')}, and has a changeset.`,
    ...missed.map(({ file, line }) => `Add this to ${file} where it fits:\n  ${line}`),
    'Its tests pass as they are:',
    `  npx -y pnpm@12 exec vitest run --project ${name}`,
    `Now replace these made-up values with those that ${title} documents:`,
    ...blanks.map((blank) => `  ${blank}`),
    'Then: npx -y pnpm@12 run fix, and npx -y pnpm@12 test. CONTRIBUTING.md, "A new provider", explains each step.',
  ].join('\n')
}

/** Returns the lines of a file that still hold a made-up value. */
function findBlanks(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, index) =>
    /\bexample\.com\b|^const samples\b/.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
  )
}
