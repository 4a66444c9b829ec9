/** Sends twenty calls to Orange's API at the same time. */
import process from 'node:process'
import { orange, orangeAuth } from '@oauthkit/orange'
import ky from 'ky'

const moved = JSON.parse(process.env['ORANGE'] ?? '{}') as Partial<typeof orange>

const api = ky.extend(orangeAuth({ provider: { ...orange, ...moved } }))

const calls = Array.from({ length: 20 }, (_, number) => api.get(`${process.env['API']}?call=${number}`))

console.log((await Promise.all(calls)).map(({ status }) => status).join(' '))
