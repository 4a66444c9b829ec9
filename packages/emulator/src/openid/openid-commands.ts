import type { Commands } from '../emulated-provider.ts'
import { idTokenAttacks } from './id-token-attacks.ts'
import type { OpenIdSettings } from './openid-settings.ts'
import type { IdTokenDraft } from './signing-keys.ts'

/** Makes the commands with which other processes change the settings of an OpenID provider. */
export function createOpenIdCommands(settings: OpenIdSettings): Commands {
  return {
    'redirect-uris': (body) => setUris(settings.redirectUris, 'redirectUris', body),
    'post-logout-redirect-uris': (body) => setUris(settings.postLogoutRedirectUris, 'postLogoutRedirectUris', body),
    users: ({ user, password, claims }) => {
      const { sub } = Object(claims) as { sub?: unknown }
      if (typeof user !== 'string' || typeof password !== 'string' || typeof sub !== 'string') {
        throw new TypeError('The body must be JSON like { "user": "…", "password": "…", "claims": { "sub": "…" } }')
      }
      settings.users.set(user, { password, claims: { ...(claims as object), sub } })
      return { user }
    },
    'refresh-tokens': ({ enabled }) => ({ enabled: (settings.refreshTokens = readSwitch(enabled)) }),
    'deny-login': ({ enabled }) => ({ enabled: (settings.denyLogin = readSwitch(enabled)) }),
    'edit-id-token': (body) => {
      const { attack, ...patch } = body
      if (attack === undefined) {
        settings.editIdToken = isEmpty(patch) ? undefined : (draft) => mergePatch(draft, patch) as IdTokenDraft
      } else {
        const found = Object.entries(idTokenAttacks).find(([name]) => name === attack)
        if (!found) throw new TypeError(`attack must be one of ${Object.keys(idTokenAttacks).join(', ')}`)
        settings.editIdToken = found[1]
      }
      return body
    },
    'edit-callback': (patch) => {
      settings.editCallback = editBy(patch)
      return patch
    },
    'edit-discovery': (patch) => {
      settings.editDiscovery = editBy(patch)
      return patch
    },
    'edit-user-info': (patch) => {
      settings.editUserInfo = editBy(patch)
      return patch
    },
    'rotate-keys': async () => {
      await settings.keys.rotate()
      return {}
    },
    'drop-old-keys': () => {
      settings.keys.dropOld()
      return {}
    },
  }
}

/** An empty patch removes the edit. */
const editBy = <T extends object>(patch: object): ((honest: T) => T) | undefined =>
  isEmpty(patch) ? undefined : (honest) => mergePatch(honest, patch) as T

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

function readSwitch(enabled: unknown): boolean {
  if (typeof enabled !== 'boolean') throw new TypeError('The body must be JSON like { "enabled": true }')
  return enabled
}

function setUris(map: Map<string, readonly string[]>, name: string, body: Readonly<Record<string, unknown>>): object {
  const { clientId, [name]: uris } = body
  if (typeof clientId !== 'string' || !isUris(uris)) {
    throw new TypeError(`The body must be JSON like { "clientId": "…", "${name}": ["https://…"] }`)
  }
  map.set(clientId, uris)
  return { clientId }
}

const isUris = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((uri) => typeof uri === 'string' && URL.canParse(uri))

/**
 * Applies a patch to a value: `null` removes a member, an object patches it, and any other value replaces it.
 *
 * @see RFC 7396
 */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
