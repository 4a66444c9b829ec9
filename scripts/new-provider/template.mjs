// The template is the package of a provider called My Provider, at example.com. Each spelling of its names is replaced.
// A line that ends with a comment such as `only client_secret_post` or `only request_json` stays only for that choice.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeManifest } from '../metadata/complete-manifest.mjs'

const root = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const template = fileURLToPath(new URL('../../templates/provider', import.meta.url))

/**
 * The client authentications of the client_credentials grant, with their names in core.
 *
 * `plain_basic` is not a registered name.
 */
export const clientAuths = {
  client_secret_basic: 'clientSecretBasic',
  client_secret_post: 'clientSecretPost',
  plain_basic: 'plainBasic',
}

/** The shapes of token requests. */
export const tokenRequests = ['form', 'json', 'get']

/** Returns the text of each file of a new package, by path. */
export function renderTemplate(choices) {
  const { name, identifier, title, clientAuth, tokenEndpoint, tokenRequest, tokenType, apis, docs } = choices
  const chosen = [clientAuth, `request_${tokenRequest}`, ...(tokenType === undefined ? [] : ['token_type'])]
  const spellings = {
    'my-provider': name,
    myProvider: identifier,
    MyProvider: identifier.replace(/^./, (letter) => letter.toUpperCase()),
    MY_PROVIDER: name.toUpperCase().replaceAll('-', '_'),
    'My Provider': title,
    clientSecretBasic: clientAuths[clientAuth],
    'my-token-type': tokenType ?? '',
    'https://auth.example.com/oauth2/token': tokenEndpoint,
    "'https://api.example.com'": apis.map((url) => `'${url}'`).join(', '),
    '`https://api.example.com`': apis.map((url) => `\`${url}\``).join(', '),
    'https://api.example.com': apis[0],
    'https://docs.example.com/oauth': docs,
  }
  const placeholder = new RegExp(
    Object.keys(spellings)
      .join('|')
      .replaceAll('.', String.raw`\.`),
    'g',
  )
  const fill = (text) => text.replaceAll(placeholder, (spelling) => spellings[spelling])
  const files = Object.fromEntries(
    readTemplate().map(([file, text]) => [fill(file), fill(text.split('\n').flatMap(choose(chosen)).join('\n'))]),
  )
  const manifest = completeManifest(JSON.parse(files['package.json']), name, root)
  return { ...files, 'package.json': JSON.stringify(manifest) }
}

const choose = (chosen) => (line) => {
  const [, kept, choices] = /^(.*?) *(?:\/\/|<!--) only ([\w, ]+?)(?: -->)?$/.exec(line) ?? []
  if (choices === undefined) return [line]
  return choices.split(', ').some((choice) => chosen.includes(choice)) ? [kept] : []
}

/** Returns every word that the code of a package can hold, without its comments and strings. */
export function wordsOfTemplate() {
  const code = readTemplate().map(([file, text]) =>
    file.endsWith('.ts') ? text.replaceAll(/\/\*.*?\*\/|\/\/.*?$|'.*?'/gms, '') : '',
  )
  return new Set([...code, ...Object.values(clientAuths)].join('\n').match(/[\w$]+/g))
}

function readTemplate() {
  const entries = readdirSync(template, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map(({ parentPath, name }) => {
    const file = join(parentPath, name)
    return [relative(template, file), readFileSync(file, 'utf8')]
  })
}
