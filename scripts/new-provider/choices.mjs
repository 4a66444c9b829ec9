import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { clientAuths, tokenRequests, wordsOfTemplate } from './template.mjs'

/**
 * Reads the choices that the command line makes.
 *
 * @throws `Error` if one of them is wrong. Its message says what is wrong.
 */
export function readChoices(names, values) {
  check(names.length === 1, names.length === 0 ? 'Which provider? Give its name.' : `Only one name: ${names.join(' ')}`)
  const [name] = names
  check(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 40,
    `'${name}' cannot be the name: give up to 40 lower-case letters and digits, a letter first, with hyphens between words.`,
  )
  check(existsSync('packages/core/package.json'), 'packages/core is not here: run this in the root of the repository.')
  check(!existsSync(`packages/${name}`), `packages/${name} is there already, and is not overwritten.`)
  check(!workspaceNames().includes(`@oauthkit/${name}`), `@oauthkit/${name} is the name of another package here.`)
  const identifier = name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())
  check(isFree(identifier), `'${identifier}' cannot be the name of a variable in the code of a provider package.`)

  const { 'client-auth': clientAuth = 'client_secret_basic', api = ['https://api.example.com'] } = values
  check(Object.hasOwn(clientAuths, clientAuth), `--client-auth must be one of ${Object.keys(clientAuths).join(', ')}.`)
  const { 'token-request': tokenRequest = 'form', 'token-type': tokenType } = values
  check(tokenRequests.includes(tokenRequest), `--token-request must be one of ${tokenRequests.join(', ')}.`)
  check(
    tokenRequest !== 'get' || clientAuth !== 'client_secret_post',
    '--token-request get puts parameters into URLs, which are logged: choose a --client-auth that uses headers.',
  )
  check(tokenType === undefined || /^[\w.-]+$/.test(tokenType), '--token-type takes letters, digits and . _ - only.')
  const { title = name.replaceAll(/(^|-)(.)/g, (_, hyphen, letter) => (hyphen && ' ') + letter.toUpperCase()) } = values
  check(/^[\p{L}\p{N}][\p{L}\p{N} .&+-]*$/u.test(title), '--title takes letters, digits, spaces and . & + - only.')
  return {
    name,
    identifier,
    title,
    clientAuth,
    tokenRequest,
    tokenType,
    tokenEndpoint: readUrl('token-endpoint', values['token-endpoint'] ?? 'https://auth.example.com/oauth2/token'),
    // Without a final slash, because the tests append paths.
    apis: [...new Set(api.map((url) => readUrl('api', url, /[?#]/).replace(/\/+$/, '')))],
    docs: readUrl('docs', values.docs ?? 'https://docs.example.com/oauth', / /),
  }
}

/** Checks the URL of an option, and returns it in its normal form. */
function readUrl(option, text, excluded = /#/) {
  const { protocol, username, password, href } = URL.canParse(text) ? new URL(text) : {}
  check(protocol === 'https:' && !username && !password, `--${option} must be an https: URL: ${text}`)
  check(!excluded.test(href), `--${option} must have no query and no fragment: ${text}`)
  // It goes into code, prose and tables, so none of its characters must have a special meaning there.
  check(/^[\w.:/?&=%~+@#-]+$/.test(href), `--${option} has characters that must be percent-encoded: ${text}`)
  return href
}

/** Whether a variable can have this name in a module that also has the template's other names. */
function isFree(identifier) {
  if (identifier in globalThis || wordsOfTemplate().has(identifier)) return false
  try {
    return Boolean(new Script(`'use strict'; async () => { const ${identifier} = 0 }`))
  } catch {
    return false
  }
}

function workspaceNames() {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    existsSync(parent) ? readdirSync(parent).map((folder) => `${parent}/${folder}`) : [],
  )
  const files = [...folders, 'docs'].map((folder) => `${folder}/package.json`).filter((file) => existsSync(file))
  return files.map((file) => JSON.parse(readFileSync(file, 'utf8')).name)
}

function check(condition, message) {
  if (!condition) throw new Error(message)
}
