/** Removes a file, makes calls with a store and without, restores the file, and calls again. Prints the outcomes. */
import { renameSync } from 'node:fs'
import process from 'node:process'
import { createCall, type Settings } from './create-call.ts'

const { SETTINGS = '{}', CHUNK = '' } = process.env
const settings = JSON.parse(SETTINGS) as Settings
const stored = createCall(settings, new Map())
const alone = createCall(settings)

const outcomes = []
renameSync(CHUNK, `${CHUNK}.away`)
outcomes.push(await stored(), await stored(), await alone())
renameSync(`${CHUNK}.away`, CHUNK)
outcomes.push(await stored(), await stored(), await alone())
console.log(JSON.stringify(outcomes))
