import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'

/** The messages to the registry's process, and from it. */
export type RegistryOrder = { readonly folder: string; readonly upstream: string }
export type RegistryMessage = { readonly url: string }

/** A package registry on loopback. It loads all other packages from the registry that this machine uses. */
export type Registry = {
  /** Its address, with a slash at the end. */
  readonly url: string
  /** Allows a client to publish there. */
  readonly token: string
  /** Stops its process. */
  readonly stop: () => Promise<void>
}

/** Starts a registry that keeps everything in a folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  const upstream = await findUpstream()
  const child = fork(new URL('registry-process.ts', import.meta.url), { execArgv: [] })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    child.send({ folder, upstream } satisfies RegistryOrder)
    const told = once(child, 'message') as Promise<[RegistryMessage]>
    const [message] = await Promise.race([told, exited.then(() => [undefined])])
    if (message === undefined) throw new Error('The registry exited before it listened: see its output')
    return { url: message.url, token: await addUser(message.url), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Returns the registry that npm is configured with on this machine. */
async function findUpstream(): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { cwd: tmpdir() })
  return stdout.trim()
}

async function addUser(url: string): Promise<string> {
  const name = 'publisher'
  const response = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, password: crypto.randomUUID() }),
  })
  const { token } = (await response.json()) as { token?: string }
  if (token === undefined) throw new Error(`The registry refused to create a user: it answered ${response.status}`)
  return token
}
