/** A project that calls Digitaleo's APIs. */
import { digitaleo, digitaleoAuth, digitaleoTokens, type DigitaleoOptions } from '@oauthkit/digitaleo'
import ky from 'ky'

const options: DigitaleoOptions = { clientId: 'me', clientSecret: 'secret', timeoutMs: 5000 }

export const api = ky.create({ retry: 0 }).extend(digitaleoAuth(options))
export const header: string | undefined = digitaleoTokens(options).peek?.()
export const { tokenEndpoint } = digitaleo

// @ts-expect-error -- a time in milliseconds is a number
digitaleoTokens({ timeoutMs: '5 s' })
