import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** Words and phrases that stopped readers, and plainer ones. CONTRIBUTING.md, "Rules", names this list. */
const plainer: Readonly<Record<string, string>> = {
  'ail|ails|ailed|ailing': 'fail',
  amid: 'during',
  anew: 'again',
  'anybody|everybody|somebody': 'any caller, all callers, another process',
  'as good as': 'almost',
  'be it': 'whether',
  'becomes? of': 'happens to',
  'beside|besides': 'next to, in addition to, in the background',
  'comes? of|came of': 'follows from, the result of',
  flaw: 'reason, error',
  flight: 'running',
  'for all that': 'nevertheless',
  fuse: 'rate limit',
  'gives? back|gave back|given back': 'release',
  'goes on|go on|went on|gone on': 'continue',
  hammer: 'send many requests to',
  heed: 'follow',
  hence: 'so',
  'in vain': 'without success',
  lest: 'so that … not',
  'let alone': 'and not',
  nobody: 'no caller, no process',
  'no account': 'ignored',
  naught: 'nothing',
  'of no use|of use': 'useful, useless',
  'once more': 'again, a second time',
  ration: 'rate limit',
  'says? whether|tells? whether|said whether': 'whether',
  slot: 'entry, state',
  surface: 'API',
  'takes? (?:it|them) for|taken for|took (?:it|them) for': 'treat as, mistake for',
  'to be had': 'available',
  'thereby|therein|thereof|whereby|wherein': 'by this, in it',
  'unto|upon': 'on',
  vouch: 'confirm',
  'whatever|whenever|wherever|whichever|whoever|whomever': 'each …, every …, a caller that …',
}

const pattern = new RegExp(`\\b(?:${Object.keys(plainer).join('|')})\\b`, 'gi')

/** Returns a line for each such word in a text, as `line: word → plainer words`. */
const findHardWords = (text: string): string[] =>
  text.split('\n').flatMap((line, index) =>
    [...line.matchAll(pattern)].map(([word]) => {
      const [, instead] = Object.entries(plainer).find(([hard]) => new RegExp(`^(?:${hard})$`, 'i').test(word)) ?? []
      return `${index + 1}: ${word} → ${instead}`
    }),
  )

test('no file has a word that stopped readers', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
    encoding: 'utf8',
  })
  const files = listed
    .split('\n')
    .filter((file) => /\.(?:ts|mjs|md|json|ya?ml)$|^\.ci\/run$/.test(file) && existsSync(repository + file))
    // The lockfile has names of packages only.
    .filter((file) => !/^pnpm-lock|plain-english\.test\.ts$/.test(file))
  expect(files.length).toBeGreaterThan(300)
  const found = files.flatMap((file) =>
    findHardWords(readFileSync(repository + file, 'utf8')).map((line) => `${file}:${line}`),
  )
  expect(found).toEqual([])
})

test.each([
  ['Whoever asks first waits.', ['1: Whoever → each …, every …, a caller that …']],
  ['It is renewed.\nSays whether it was asked for anew.', ['2: Says whether → whether', '2: anew → again']],
  ['A rational person flaws nothing besides.', ['1: besides → next to, in addition to, in the background']],
  ['The caller continues.', []],
])('the words in "%s" are found', (text, found) => {
  expect(findHardWords(text)).toEqual(found)
})
