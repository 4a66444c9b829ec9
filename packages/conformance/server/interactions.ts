import { text } from 'node:stream/consumers'
import type { Account, Interaction, KoaContextWithOIDC } from 'oidc-provider'
import type { Provider } from './certified-provider.ts'

type Context = Parameters<Parameters<Provider['use']>[0]>[0]

type Profile = { readonly name: string; readonly given_name: string }

/** The users. They need no password. */
const users: ReadonlyMap<string, Profile> = new Map([
  ['ada', { name: 'Ada Lovelace', given_name: 'Ada' }],
  ['zoe', { name: 'Zoé Léger', given_name: 'Zoé' }],
])

/** Finds a user by the identifier that tokens contain. */
export function findAccount(_context: KoaContextWithOIDC, accountId: string): Account | undefined {
  const profile = users.get(accountId)
  return profile && { accountId, claims: () => ({ sub: accountId, ...profile }) }
}

/** Asks the user who they are, and then whether the app is allowed to know. Handles the answers as well. */
export async function answerInteraction(provider: Provider, context: Context): Promise<void> {
  const { req, res } = context
  const interaction = await provider.interactionDetails(req, res)
  if (context.method === 'GET') {
    context.body = pageOf(interaction)
    return
  }
  const form = new URLSearchParams(await text(req))
  const result =
    form.get('answer') === 'yes'
      ? await resultOf(provider, interaction, form)
      : { error: 'access_denied', error_description: 'the user said no' }
  context.status = 303
  context.redirect(await provider.interactionResult(req, res, result))
}

function pageOf({ prompt, params }: Interaction): string {
  const hint = [...users.keys()].find((user) => user === params['login_hint'])
  const user = `<input name="user" value="${hint ?? ''}">`
  const question = prompt.name === 'login' ? `Who are you? ${user}` : 'May the app know who you are?'
  return `<!doctype html><form method="post">${question} ${yesOrNo('answer')}</form>`
}

/** Asks whether to end a session, in the provider's form. */
export function askToLogOut(context: Context, form: string): void {
  context.body = `<!doctype html>${form.replace('</form>', `${yesOrNo('logout')}</form>`)}`
}

/** The two buttons of a form. */
const yesOrNo = (name: string) =>
  `<button name="${name}" value="yes">Yes</button> <button name="${name}" value="no">No</button>`

async function resultOf(provider: Provider, interaction: Interaction, form: URLSearchParams) {
  const { prompt, params, session, grantId } = interaction
  if (prompt.name === 'login') return { login: { accountId: form.get('user') ?? '' } }
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant = known ?? new provider.Grant({ accountId: session?.accountId, clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  return { consent: { grantId: await grant.save() } }
}
