/** Returns a function that sends commands to an emulator. */
export const controlOf =
  (url: string) =>
  async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/control/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`The emulator refused ${path}: ${response.status} ${await response.text()}`)
  }
