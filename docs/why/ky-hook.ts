import ky from 'ky'

const credentials = btoa(`${process.env['ORANGE_CLIENT_ID']}:${process.env['ORANGE_CLIENT_SECRET']}`)
const headers = { authorization: `Basic ${credentials}`, accept: 'application/json' }
const body = new URLSearchParams({ grant_type: 'client_credentials' })
let token = ''
let expiresAt = 0

const addToken = async ({ request }: { request: Request }) => {
  if (Date.now() >= expiresAt) {
    const response = ky.post('https://api.orange.com/oauth/v3/token', { headers, body })
    const answer = await response.json<{ access_token: string; expires_in: number }>()
    token = answer.access_token
    expiresAt = Date.now() + answer.expires_in * 1000
  }
  request.headers.set('authorization', `Bearer ${token}`)
}

export const api = ky.create({ hooks: { beforeRequest: [addToken] } })
