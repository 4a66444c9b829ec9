import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { publicPackages, root } from '../site/public-packages.ts'

/** A text of the source that can be a message, or a part of one. */
export type Message = {
  /** The package, such as `core`. */
  readonly owner: string
  /** The file and the line, such as `packages/core/src/errors.ts:120`. */
  readonly place: string
  /** The text. Each `…` stands for a part that varies. */
  readonly text: string
}

/** Texts of several words that are no messages: what they are, in which files, and how they are recognised. */
export const otherTexts: readonly (readonly [what: string, file: RegExp, text: RegExp])[] = [
  ['a header', /./, /^(?:Bearer|Basic) (?:…|error=|realm=)|^text\/html; |^; (?:Domain|Secure|Max-Age)|HttpOnly/],
  ['a content security policy', /pages|error-page/, /^(?:default-src|style-src|form-action|base-uri|frame-ancestors) /],
  ['a date of a header', /http-date/, /GMT$/],
  ['the name of a type', /options|encryption-keys/, /^\[object /],
  ['the name of a symbol', /candidate|state-of/, /^@oauthkit\/core \w+ \d$/],
  ['a script of Redis', /redis\/src\/(?:entries|lock)/, /redis\.p?call/],
  ['a state of an entry', /redis\/src\/entries/, /^(?:no text|wrong type)$/],
  ['a message of SQLite, which is searched', /deno-kv\/src\/commit/, /^database is locked$/],
  ['the first line of PEM', /signing-key/, /^[A-Z ]+ KEY$/],
  ['what a key is derived for', /create-login-handler/, /^oauthkit … … …$/],
  ['a page', /error-page|openid\/(?:pages|answer-end-session)|digitaleo-api/, /^<|^:root/],
  ['an error that is caught', /send-with-headers/, /^no text$/],
  ['an error that a lock must pass on', /testing\/lock-checks/, /^of the work$/],
  ['a reason that a source must pass on', /testing\/test-token-source/, /^the caller gave up$/],
  ['a part of the name of a check', /testing\/test-provider/, /^means (?:a|no) rejected token$/],
  ['data of a check', /testing\/\w+-(?:tokens|checks)/, /^(?:read write|a "quoted"|déjà vu|other key)/],
  [
    'data of an emulated provider',
    /emulator\/src/,
    /\bfictif|fictive\b|Exemple|^(?:ENT|EXT)_|^Consommation|^\w+ id_token$/i,
  ],
  ['the name of an emulated provider', /emulator\/src/, /^(?:Bouygues Telecom|Orange France)/],
]

/** Reads a text, with `…` for each part that varies. Returns `undefined` if the expression is no text. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce((text, { literal }) => `${text}…${literal.text}`, node.head.text)
  if (!isSum(node)) return undefined
  const parts = [textOf(node.left), textOf(node.right)]
  return parts.some((part) => part !== undefined) ? parts.map((part) => part ?? '…').join('') : undefined
}

const isSum = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken

/** Whether a text is the name of a check of `@oauthkit/core/testing`, which a test runner lists: it is no message. */
const isNameOfCheck = (node: ts.Node) =>
  node.getSourceFile().fileName.includes('/core/src/testing/') &&
  (ts.isArrayLiteralExpression(node.parent)
    ? node.parent.elements[0] === node
    : ts.isCallExpression(node.parent) && /^(?:test|register)$/.test(node.parent.expression.getText()))

/** Whether a text is the first argument of an error, as in `new TypeError('…')`. */
const isOfError = ({ parent }: ts.Node) => ts.isNewExpression(parent) && parent.expression.getText().endsWith('Error')

/** Whether a text is one of several that a template can have in one place. */
function isChoice({ parent }: ts.Node): boolean {
  if (ts.isConditionalExpression(parent) || ts.isParenthesizedExpression(parent)) return isChoice(parent)
  return ts.isTemplateSpan(parent)
}

/** Writes a text as a page can have it: on one line, with one `…` in place of several. */
export const normalise = (text: string): string => text.replaceAll(/%s|…+/g, '…').replaceAll(/\s+/g, ' ').trim()

/**
 * Finds all texts of a source file that can be messages: those of two words or more in all places, and single words in an
 * error or in a message. So a table of advice, and a function that makes errors, need no rule of their own.
 */
export function findMessagesIn(file: string, code: string): readonly Message[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true)
  const found: Message[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return
    const text = normalise(textOf(node) ?? '')
    const isText = /[a-z]{2}/i.test(text) && (text.includes(' ') || isOfError(node) || isChoice(node))
    const isPart = isSum(node.parent) && textOf(node.parent) !== undefined
    if (isText && !isPart && !isNameOfCheck(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
      found.push({ owner: file.split('/')[1] ?? '', place: `${file}:${line}`, text })
    }
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(source, visit)
  return found
}

/** Finds all texts of the published packages that can be messages. */
export const findTexts = (): readonly Message[] =>
  publicPackages
    .flatMap(({ folder }) => globSync(`${folder}/src/**/*.ts`, { cwd: root }))
    .flatMap((file) => findMessagesIn(file, readFileSync(root + file, 'utf8')))

/** Whether a text is something else than a message. */
export const isOther = ({ place, text }: Message): boolean =>
  otherTexts.some(([, file, other]) => file.test(place) && other.test(text))
